import { type Answer, tokensOf, usageOf } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';

/** One server-sent event with the place it has in the pacing of an answer. */
export type Frame = { readonly data: string; readonly isToken: boolean };

export type Stamp = { readonly id: string; readonly createdSeconds: number };

export function completionOf(request: ChatRequest, answer: Answer, stamp: Stamp) {
  const { refusal = null, reasoning, citations, toolCalls } = answer;
  const called = toolCalls.length > 0;
  const message = {
    role: 'assistant',
    content: called || refusal !== null ? null : answer.text,
    refusal,
    ...(reasoning ? { [reasoning.field]: reasoning.text } : {}),
    ...(called ? { tool_calls: toolCalls } : {}),
    ...(citations ? { annotations: citations.map((url) => annotationOf(url, answer)) } : {}),
  };
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
 * The frames of a streamed answer: role, one per token of what was thought, one per token of the answer (or per part of a
 * tool call), citations, finish, usage when `stream_options.include_usage` is set, `[DONE]`.
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

  const { refusal, reasoning, citations, toolCalls } = answer;
  const isSaid = toolCalls.length === 0 && refusal === undefined;
  yield frame(delta({ role: 'assistant', content: isSaid ? '' : null, refusal: null }));
  const thoughts = tokensOf(reasoning?.text ?? '').map((text) => ({ [reasoning?.field ?? '']: text }));
  const declined = tokensOf(refusal ?? '').map((text) => ({ refusal: text }));
  const said = tokensOf(answer.text).map((content) => ({ content }));
  for (const token of [...thoughts, ...declined, ...said, ...toolDeltas(answer)])
    yield { data: delta(token), isToken: true };
  if (citations) yield frame(delta({ annotations: citations.map((url) => annotationOf(url, answer)) }));
  yield frame(delta({}, answer.finishReason));
  if (request.includeUsage) yield frame(chunk([], usageOf(answer)));
  yield frame('[DONE]');
}

/** A citation of the whole answer. Source: `message.annotations` of the Chat Completions API. */
function annotationOf(url: string, { text }: Answer): object {
  return {
    type: 'url_citation',
    url_citation: { url, title: url.replace(/^\w+:\/\//, ''), start_index: 0, end_index: text.length },
  };
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
