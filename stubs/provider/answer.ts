import type { Call } from './call.ts';
import { type ToolCall, textOf } from './chat-request.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export type Answer = {
  readonly text: string;
  /** Why there is no answer. */
  readonly refusal?: string;
  /** What was thought before the answer, and the field that carries it. */
  readonly reasoning?: { readonly field: 'reasoning_content' | 'reasoning'; readonly text: string };
  readonly citations?: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly promptTokens: number;
  readonly cachedTokens?: number;
  /** The stop sequence before which the text ends, where it is named. */
  readonly stopSequence?: string;
};

/** What a rule gives: a text, a refusal, or calls of offered tools. */
export type Reply =
  | string
  | { readonly refusal: string }
  | { readonly calls: readonly { readonly name: string; readonly args: unknown }[] };

/** One entry of the answer table: the first rule that gives a reply decides. */
export type Rule = { readonly name: string; readonly reply: (call: Call) => Reply | undefined };

/** Cuts a text into tokens that join to the same text: words with the blanks after them. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/^\s+|\S+\s*/g) ?? [];
}

/** Turns a reply into an answer: `stop` sequences and `max_tokens` of the request are obeyed. */
export function answerOf(call: Call, reply: Reply): Answer {
  const { think, thinkAs: field = 'reasoning_content', cite, finish, cachedTokens } = call.directives;
  const answer = spokenAnswer(call, reply);
  return {
    ...answer,
    ...(think === undefined ? {} : { reasoning: { field, text: think } }),
    ...(cite === undefined || answer.text === '' ? {} : { citations: cite }),
    ...(finish === undefined ? {} : { finishReason: finish }),
    ...(cachedTokens === undefined ? {} : { cachedTokens: Math.min(cachedTokens, answer.promptTokens) }),
  };
}

function spokenAnswer(call: Call, reply: Reply): Answer {
  const promptTokens = call.request.messages.reduce((sum, m) => sum + tokensOf(textOf(m)).length, 0);
  if (typeof reply === 'object' && 'refusal' in reply) {
    return { text: '', refusal: reply.refusal, toolCalls: [], finishReason: 'stop', promptTokens };
  }
  if (typeof reply !== 'string') {
    const toolCalls = reply.calls.map(({ name, args }, index) => ({
      id: `call_${call.afterUser.length}_${index}`,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(args) },
    }));
    return { text: '', toolCalls, finishReason: 'tool_calls', promptTokens };
  }
  const stops = call.request.stop.filter((stop) => reply.includes(stop));
  const [first] = stops.sort((one, other) => reply.indexOf(one) - reply.indexOf(other));
  const text = first === undefined ? reply : reply.slice(0, reply.indexOf(first));
  const tokens = tokensOf(text);
  const limit = call.request.maxTokens ?? Number.POSITIVE_INFINITY;
  const named = first !== undefined && call.directives.namesStop ? { stopSequence: first } : {};
  if (tokens.length <= limit) return { text, toolCalls: [], finishReason: 'stop', promptTokens, ...named };
  return { text: tokens.slice(0, limit).join(''), toolCalls: [], finishReason: 'length', promptTokens };
}

/** The text of one of several choices: the first is the answer itself, the others end with their number. */
export function choiceText({ text }: Answer, index: number): string {
  return index === 0 ? text : `${text} #${index + 1}`;
}

/** Tokens of the prompt, counted once, and of all choices. */
export function usageOf(answer: Answer, choices = 1) {
  const { reasoning, refusal = '', toolCalls } = answer;
  const count = (texts: readonly string[]) => texts.reduce((sum, each) => sum + tokensOf(each).length, 0);
  const thought = choices * count([reasoning?.text ?? '']);
  const called = toolCalls.map((call) => call.function.arguments);
  const texts = Array.from({ length: choices }, (_, index) => choiceText(answer, index));
  const spoken = called.length > 0 ? texts.flatMap(() => called) : texts;
  const completion = thought + count(spoken) + choices * count([refusal]);
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens: completion,
    total_tokens: answer.promptTokens + completion,
    ...(answer.cachedTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: answer.cachedTokens } }),
    ...(reasoning ? { completion_tokens_details: { reasoning_tokens: thought } } : {}),
  };
}
