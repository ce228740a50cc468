import type { Call } from './call.ts';
import { type ToolCall, textOf } from './chat-request.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls';

export type Answer = {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly promptTokens: number;
};

/** What a rule gives: a text, or calls of offered tools. */
export type Reply = string | { readonly calls: readonly { readonly name: string; readonly args: unknown }[] };

/** One entry of the answer table: the first rule that gives a reply decides. */
export type Rule = { readonly name: string; readonly reply: (call: Call) => Reply | undefined };

/** Cuts a text into tokens that join to the same text: words with the blanks after them. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/^\s+|\S+\s*/g) ?? [];
}

/** Turns a reply into an answer: `stop` sequences and `max_tokens` of the request are obeyed. */
export function answerOf(call: Call, reply: Reply): Answer {
  const promptTokens = call.request.messages.reduce((sum, m) => sum + tokensOf(textOf(m)).length, 0);
  if (typeof reply !== 'string') {
    const toolCalls = reply.calls.map(({ name, args }, index) => ({
      id: `call_${call.afterUser.length}_${index}`,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(args) },
    }));
    return { text: '', toolCalls, finishReason: 'tool_calls', promptTokens };
  }
  const stops = call.request.stop.map((stop) => reply.indexOf(stop)).filter((at) => at >= 0);
  const text = stops.length > 0 ? reply.slice(0, Math.min(...stops)) : reply;
  const tokens = tokensOf(text);
  const limit = call.request.maxTokens ?? Number.POSITIVE_INFINITY;
  if (tokens.length <= limit) return { text, toolCalls: [], finishReason: 'stop', promptTokens };
  return { text: tokens.slice(0, limit).join(''), toolCalls: [], finishReason: 'length', promptTokens };
}

/** The text of one of several choices: the first is the answer itself, the others end with their number. */
export function choiceText({ text }: Answer, index: number): string {
  return index === 0 ? text : `${text} #${index + 1}`;
}

/** Tokens of the prompt, counted once, and of all choices. */
export function usageOf(answer: Answer, choices = 1) {
  const texts = Array.from({ length: choices }, (_, index) => choiceText(answer, index));
  const called = answer.toolCalls.map((call) => call.function.arguments);
  const spoken = called.length > 0 ? texts.flatMap(() => called) : texts;
  const completion = spoken.reduce((sum, text) => sum + tokensOf(text).length, 0);
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens: completion,
    total_tokens: answer.promptTokens + completion,
  };
}
