import { tool } from '@langchain/core/tools';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { BaselineSettings } from '../baseline-kit/settings.ts';
import { createModel } from './model/chat-model.ts';

const longestTextChars = 4_000;

const decision = z.object({
  needs_agent: z.boolean().describe('Whether tools are needed to fulfil the request.'),
  reason: z.string().optional().describe('Why, in a few words.'),
});

const useAgent = tool(() => '', {
  name: 'use_agent',
  description: 'Says whether a request needs an agent with tools (code, files, memory) or a plain answer.',
  schema: decision,
});

const instructions = 'Decide by calling use_agent once; do not answer the request.';

/** Asks the routing models one after the other, each within its time; undefined when none gives a valid answer. */
export async function askNeedsAgent(
  settings: BaselineSettings,
  text: string,
  signal: AbortSignal,
  log: Logger,
): Promise<boolean | undefined> {
  for (const model of settings.routingModels) {
    try {
      const chat = createModel({ ...settings, model }, { temperature: 0, max_tokens: 100 });
      const answer = await chat.bindTools([useAgent], { tool_choice: 'use_agent' }).invoke(
        [
          ['system', instructions],
          ['user', text.slice(0, longestTextChars)],
        ],
        { signal: AbortSignal.any([signal, AbortSignal.timeout(settings.routingTimeoutMs)]) },
      );
      const parsed = decision.safeParse(answer.tool_calls?.[0]?.args);
      if (parsed.success) return parsed.data.needs_agent;
      log.warn({ model }, 'the routing model made no decision');
    } catch (err) {
      signal.throwIfAborted();
      log.warn({ err, model }, 'the routing model did not answer');
    }
  }
  return undefined;
}
