import { firstPass } from '../baseline-kit/routing/first-pass.ts';
import { isFactualQuestion, isGreeting } from '../baseline-kit/routing/quick-question.ts';
import { askedText } from '../baseline-kit/routing/spoken-text.ts';
import type { ChatCompletionRequest } from '../kit/chat-schema.ts';

export interface Path {
  readonly usingAgent: boolean;
  readonly reason: string;
}

export interface PathOptions {
  readonly thresholdTokens: number;
  readonly forceAgent: boolean;
  /** Asks a model about a text without directives; undefined when none answered. */
  readonly ask: (text: string) => Promise<boolean | undefined>;
}

/** Names under which the model knows the tools. */
export const toolNames = {
  calculator: 'calculator',
  currentDateTime: 'current_date_time',
  investigateMemory: 'investigate_memory',
  codeExecution: 'code_execution',
} as const;

const namedTool = new RegExp(`\\b(?:${Object.values(toolNames).join('|').replaceAll('_', '[_ ]')})\\b`, 'i');

/** Fast path or agent. Here, unlike in the CLI baseline, what the first pass finds complex beats short questions. */
export async function choosePath(request: ChatCompletionRequest, options: PathOptions): Promise<Path> {
  const { complex, reason } = firstPass(request, options.thresholdTokens);
  const text = askedText(request.messages);
  if (options.forceAgent) return { usingAgent: true, reason: 'agent_forced' };
  // The client runs its own tools: the model's call goes back to it.
  if (request.tools?.length) return { usingAgent: false, reason: 'client_tools' };
  if (namedTool.test(text)) return { usingAgent: true, reason: 'names_a_tool' };
  if (complex) return { usingAgent: true, reason };
  if (isGreeting(text)) return { usingAgent: false, reason: 'greeting' };
  if (isFactualQuestion(text)) return { usingAgent: false, reason: 'factual_question' };
  if (/\bweather\b/i.test(text)) return { usingAgent: false, reason: 'weather' };
  if (text === '') return { usingAgent: false, reason: 'empty' };
  const needed = await options.ask(text);
  return needed === undefined
    ? { usingAgent: true, reason: 'no_routing_answer' }
    : { usingAgent: needed, reason: 'routing_model' };
}
