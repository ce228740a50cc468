import { connectionFailed, refused, truncated } from '../../baseline-kit/upstream-error.ts';
import { OpenaiError } from '../../kit/openai-error.ts';

/** What LangChain and the OpenAI client throw, as the error to answer with. An abort stays what it is. */
export function modelError(cause: unknown): unknown {
  if (cause instanceof OpenaiError || !(cause instanceof Error)) return cause;
  const { status, error, headers } = cause as { status?: unknown; error?: unknown; headers?: unknown };
  if (typeof status === 'number') {
    const retryAfter = headers instanceof Headers ? (headers.get('retry-after') ?? undefined) : undefined;
    return refused(status, error, retryAfter);
  }
  // An error frame in a stream that began with 200.
  if (typeof error === 'object' && error !== null) return refused(502, error);
  if (cause.name === 'TimeoutError') return connectionFailed({ code: 'ETIMEDOUT' });
  if (cause.message === 'terminated' || /premature close/i.test(cause.message)) return truncated();
  if (/^connection error/i.test(cause.message)) return connectionFailed(cause);
  if (cause.cause !== undefined) return modelError(cause.cause);
  return cause;
}
