import { type Answer, choiceText, tokensOf, usageOf } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';
import { chatLogprob } from './logprobs.ts';

/** One server-sent event with the place it has in the pacing of an answer. */
export type Frame = { readonly data: string; readonly isToken: boolean };

/** What a token adds to a message; only what is said has logprobs. */
type Delta = { readonly content?: string };

export type Stamp = { readonly id: string; readonly createdSeconds: number };

export function completionOf(request: ChatRequest, answer: Answer, stamp: Stamp) {
  const { refusal = null, reasoning, citations, toolCalls } = answer;
  const called = toolCalls.length > 0;
  const choices = Array.from({ length: request.choices }, (_, index) => {
    const content = choiceText(answer, index);
    const message = {
      role: 'assistant',
      content: called || refusal !== null ? null : content,
      refusal,
      ...(reasoning ? { [reasoning.field]: reasoning.text } : {}),
      ...(called ? { tool_calls: toolCalls } : {}),
      ...(citations ? { annotations: citations.map((url) => annotationOf(url, answer)) } : {}),
    };
    return {
      index,
      message,
      logprobs: logprobsOf(request, content),
      finish_reason: answer.finishReason,
      ...stopOf(answer),
    };
  });
  return {
    id: stamp.id,
    object: 'chat.completion',
    created: stamp.createdSeconds,
    model: request.model,
    choices,
    usage: usageOf(answer, request.choices),
    system_fingerprint: 'fp_scripted',
  };
}

/**
 * The frames of a streamed answer: for each choice its role; one per token of what was thought, one per token of the
 * answer (or per part of a tool call), the choices' tokens in turn; citations; finish of each; usage when
 * `stream_options.include_usage` is set; `[DONE]`.
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
  const delta = (
    index: number,
    delta: object,
    logprobs: object | null,
    finishReason: string | null,
  ): string => {
    const ended = finishReason === null ? {} : stopOf(answer);
    return chunk([{ index, delta, logprobs, finish_reason: finishReason, ...ended }]);
  };

  const { refusal, reasoning, citations, toolCalls } = answer;
  const isSaid = toolCalls.length === 0 && refusal === undefined;
  const thoughts = tokensOf(reasoning?.text ?? '').map((text) => ({ [reasoning?.field ?? '']: text }));
  const declined = tokensOf(refusal ?? '').map((text) => ({ refusal: text }));
  const deltas = Array.from({ length: request.choices }, (_, index): readonly Delta[] => [
    ...thoughts,
    ...declined,
    ...(toolCalls.length > 0 ? [] : tokensOf(choiceText(answer, index))).map((content) => ({ content })),
    ...toolDeltas(answer),
  ]);
  for (const index of deltas.keys()) {
    yield frame(delta(index, { role: 'assistant', content: isSaid ? '' : null, refusal: null }, null, null));
  }
  const longest = Math.max(...deltas.map(({ length }) => length));
  for (let at = 0; at < longest; at += 1) {
    for (const [index, own] of deltas.entries()) {
      const token = own[at];
      if (token === undefined) continue;
      // Made when they are sent: those of a long answer at once would keep every other answer waiting.
      const logprobs = token.content === undefined ? null : logprobsOf(request, token.content);
      yield { data: delta(index, token, logprobs, null), isToken: true };
    }
  }
  const annotations = citations?.map((url) => annotationOf(url, answer));
  for (const index of deltas.keys()) {
    if (annotations) yield frame(delta(index, { annotations }, null, null));
    yield frame(delta(index, {}, null, answer.finishReason));
  }
  if (request.includeUsage) yield frame(chunk([], usageOf(answer, request.choices)));
  yield frame('[DONE]');
}

/** What chat tells of each token of a text; null when it was not asked for. */
function logprobsOf({ alternatives }: ChatRequest, text: string) {
  if (alternatives === undefined) return null;
  return { content: tokensOf(text).map((token) => chatLogprob(token, alternatives)), refusal: null };
}

const stopOf = ({ stopSequence }: Answer) =>
  stopSequence === undefined ? {} : { stop_reason: stopSequence };

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
