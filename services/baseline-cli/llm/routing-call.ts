import type { Logger } from 'pino';
import { isDecision, type RoutingDecision, routingDecisions } from '../../baseline-kit/routing/decision.ts';
import type { BaselineSettings } from '../../baseline-kit/settings.ts';
import type { Llm } from './llm.ts';

const toolName = 'select_routing_decision';
const longestTextChars = 4_000;
const longestAnswerBytes = 1024 * 1024;

const tool = {
  type: 'function',
  function: {
    name: toolName,
    description: 'Selects how the request of the user is handled.',
    parameters: {
      type: 'object',
      properties: { decision: { type: 'string', enum: routingDecisions } },
      required: ['decision'],
    },
  },
};

const instructions = [
  'Choose how a request is handled by calling the tool once; do not answer the request.',
  'fast_*: a model alone can answer (conversation, facts, explanations, short texts).',
  'agent_*: it needs work with code, files, commands, the web or other tools.',
  '*_kimi: difficult or with images. *_nemotron: long. fast_qwen: everything plain.',
].join('\n');

interface ToolAnswer {
  readonly choices?: readonly {
    readonly message?: {
      readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
    };
  }[];
}

/** Asks the routing models one after the other, each within its time; undefined when none gives a valid decision. */
export async function askForDecision(
  llm: Llm,
  { routingModels, routingTimeoutMs }: BaselineSettings,
  text: string,
  signal: AbortSignal,
  log: Logger,
): Promise<RoutingDecision | undefined> {
  for (const model of routingModels) {
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(routingTimeoutMs)]);
      const body = await llm.post(
        {
          model,
          messages: [
            { role: 'system', content: instructions },
            { role: 'user', content: text.slice(0, longestTextChars) },
          ],
          tools: [tool],
          tool_choice: { type: 'function', function: { name: toolName } },
          temperature: 0,
          max_tokens: 100,
        },
        bounded,
      );
      const answer = JSON.parse(await body.text(longestAnswerBytes)) as ToolAnswer;
      const call = answer.choices?.[0]?.message?.tool_calls?.[0]?.function?.arguments;
      const decision = (JSON.parse(call ?? '{}') as { decision?: unknown }).decision;
      if (isDecision(decision)) return decision;
      log.warn({ model }, 'the routing model made no decision');
    } catch (err) {
      signal.throwIfAborted();
      log.warn({ err, model }, 'the routing model did not answer');
    }
  }
  return undefined;
}
