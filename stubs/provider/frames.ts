import { type Answer, tokensOf, usageOf } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';

/** One server-sent event with the place it has in the pacing of an answer. */
export type Frame = { readonly data: string; readonly isToken: boolean };

export type Stamp = { readonly id: string; readonly createdSeconds: number };

export function completionOf(request: ChatRequest, answer: Answer, stamp: Stamp) {
  const called = answer.toolCalls.length > 0;
  const message = called
    ? { role: 'assistant', content: null, refusal: null, tool_calls: answer.toolCalls }
    : { role: 'assistant', content: answer.text, refusal: null };
  return {
    id: stamp.id,
    object: 'chat.completion',
    created: stamp.createdSeconds,
    model: request.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    usage: usageOf(answer),
    system_fingerprint: 'fp_scripted',
  };
}

/**
 * The frames of a streamed answer: role, one per token (or per part of a tool call), finish, usage when
 * `stream_options.include_usage` is set, `[DONE]`.
 */
export function* framesOf(request: ChatRequest, answer: Answer, stamp: Stamp): Generator<Frame> {
  const chunk = (choices: readonly object[], usage?: object): string =>
    JSON.stringify({
      id: stamp.id,
      object: 'chat.completion.chunk',
      created: stamp.createdSeconds,
      model: request.model,
      system_fingerprint: 'fp_scripted',
      choices,
      ...(request.includeUsage ? { usage: usage ?? null } : {}),
    });
  const delta = (delta: object, finishReason: string | null = null): string =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finishReason }]);

  const called = answer.toolCalls.length > 0;
  const tokens = called ? toolDeltas(answer) : tokensOf(answer.text).map((content) => ({ content }));
  yield frame(delta({ role: 'assistant', content: called ? null : '', refusal: null }));
  for (const token of tokens) yield { data: delta(token), isToken: true };
  yield frame(delta({}, answer.finishReason));
  if (request.includeUsage) yield frame(chunk([], usageOf(answer)));
  yield frame('[DONE]');
}

/** Every call: a first delta with id and name, then its arguments in pieces that carry the index alone. */
function toolDeltas(answer: Answer): readonly object[] {
  return answer.toolCalls.flatMap(({ id, type, function: { name, arguments: args } }, index) => [
    { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] },
    ...(args.match(/[\s\S]{1,12}/gu) ?? []).map((piece) => ({
      tool_calls: [{ index, function: { arguments: piece } }],
    })),
  ]);
}

function frame(data: string): Frame {
  return { data, isToken: false };
}
