import { truncated } from '../upstream-error.ts';
import type { Answer } from './answer-event.ts';
import type { Identity } from './completion.ts';

/**
 * An answer as the data of SSE events: role and metadata, the pieces, the finish reason, usage when asked for (the only
 * chunk with empty `choices`), `[DONE]`. An answer that throws or has no end throws here, before any finish reason.
 */
export async function* chunksOf(
  answer: Answer,
  identity: Identity,
  includeUsage: boolean,
): AsyncGenerator<object | '[DONE]'> {
  const { id, created, model } = identity;
  const base = { id, object: 'chat.completion.chunk', created, model };
  const chunk = (delta: object, rest: object = {}) => ({ ...base, choices: [{ index: 0, delta, ...rest }] });
  const metadata = answer.metadata === undefined ? {} : { metadata: answer.metadata };
  yield { ...base, ...metadata, choices: [{ index: 0, delta: { role: 'assistant' } }] };
  for await (const event of answer.events) {
    if (event.kind === 'content') yield chunk({ content: event.text });
    else if (event.kind === 'reasoning') yield chunk({ reasoning_content: event.text });
    else if (event.kind === 'tool_calls') yield chunk({ tool_calls: event.deltas });
    else {
      yield chunk({}, { finish_reason: event.finishReason });
      if (includeUsage && event.usage !== undefined) yield { ...base, choices: [], usage: event.usage };
      yield '[DONE]';
      return;
    }
  }
  throw truncated();
}
