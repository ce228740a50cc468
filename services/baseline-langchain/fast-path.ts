import type { AIMessageChunk } from '@langchain/core/messages';
import type { AnswerEvent } from '../baseline-kit/answer/answer-event.ts';
import type { BaselineCall } from '../baseline-kit/chat-route.ts';
import type { BaselineSettings } from '../baseline-kit/settings.ts';
import { truncated } from '../baseline-kit/upstream-error.ts';
import { createModel } from './model/chat-model.ts';
import { toLangchain } from './model/messages.ts';
import { modelError } from './model/model-error.ts';
import { parametersOf } from './model/parameters.ts';
import { totalUsage } from './model/usage.ts';

/** The model's own answer, streamed; calls of the client's tools go back to the client. */
export async function* fastEvents(
  settings: BaselineSettings,
  { request, signal }: BaselineCall,
): AsyncGenerator<AnswerEvent> {
  const model = createModel(settings, parametersOf(request));
  const { tool_choice: choice } = request;
  const tools = request.tools ?? [];
  const bound =
    tools.length === 0 ? model : model.bindTools([...tools], choice ? { tool_choice: choice as never } : {});
  let whole: AIMessageChunk | undefined;
  try {
    for await (const chunk of await bound.stream(toLangchain(request.messages), { signal })) {
      yield* piecesOf(chunk);
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
  } catch (cause) {
    throw modelError(cause);
  }
  // LangChain ends quietly when it is aborted.
  signal.throwIfAborted();
  const finishReason: unknown = whole?.response_metadata.finish_reason;
  if (typeof finishReason !== 'string') throw truncated();
  yield { kind: 'end', finishReason, usage: totalUsage([whole?.usage_metadata]) };
}

/** Pieces of an answer in one chunk of the model's. */
export function* piecesOf(chunk: AIMessageChunk): Generator<AnswerEvent> {
  const reasoning: unknown = chunk.additional_kwargs.reasoning_content;
  if (typeof reasoning === 'string' && reasoning !== '') yield { kind: 'reasoning', text: reasoning };
  if (chunk.text !== '') yield { kind: 'content', text: chunk.text };
  const calls = chunk.tool_call_chunks ?? [];
  if (calls.length === 0) return;
  const deltas = calls.map(({ index = 0, id, name, args }) => ({
    index,
    ...(id ? { id, type: 'function' as const } : {}),
    function: { ...(name ? { name } : {}), ...(args === undefined ? {} : { arguments: args }) },
  }));
  yield { kind: 'tool_calls', deltas };
}
