import { connectionFailureOf, refusesCredentials } from '../kit/http/connection-failure.ts';
import { OpenaiError, openaiError } from '../kit/openai-error.ts';

/** A model API that refused, failed or fell silent, as the error to answer with. */
export class UpstreamError extends OpenaiError {
  /** `retryAfter` is the value of the upstream's header. */
  constructor(error: OpenaiError, retryAfter?: string) {
    super(error.statusCode, error.body);
    this.retryAfter = retryAfter;
  }
}

/**
 * A refusal keeps its status (what is no error status becomes 502) and its own error body where it has one. What the
 * model API says about credentials is about ours, for no client's are passed on: 502, in words that quote no key.
 */
export function refused(status: number, error: unknown, retryAfter?: string): UpstreamError {
  if (refusesCredentials(status)) {
    const message = 'The model API does not accept the credentials of this service.';
    return new UpstreamError(openaiError(502, message, 'server_error', 'upstream_unauthorized'));
  }
  const own = isRecord(error) ? error : {};
  const text = (key: string) => (typeof own[key] === 'string' ? own[key] : undefined);
  const answered = status >= 400 && status <= 599 ? status : 502;
  const client = answered < 500;
  return new UpstreamError(
    openaiError(
      answered,
      text('message') ?? `The model API answered with status ${status}.`,
      text('type') ?? (client ? 'invalid_request_error' : 'server_error'),
      text('code') ?? (answered === 429 ? 'rate_limit_exceeded' : 'upstream_error'),
      text('param') ?? null,
    ),
    retryAfter,
  );
}

/** The answer stopped before its end. It must never look complete. */
export function truncated(): UpstreamError {
  const message = 'The model API broke its answer off.';
  return new UpstreamError(openaiError(502, message, 'server_error', 'upstream_truncated'));
}

/** What came is no answer of the API: 502. */
export function unusable(): UpstreamError {
  const message = 'The model API sent an answer that cannot be used.';
  return new UpstreamError(openaiError(502, message, 'server_error', 'upstream_invalid_response'));
}

/** Names the failure of a connection: 504 when a time ran out, 502 otherwise. An abort's own error is kept. */
export function connectionFailed(cause: unknown): OpenaiError {
  if (cause instanceof OpenaiError) return cause;
  switch (connectionFailureOf(cause)) {
    case 'timeout': {
      const message = 'The model API did not answer in time.';
      return new UpstreamError(openaiError(504, message, 'server_error', 'upstream_timeout'));
    }
    case 'broken':
      return truncated();
    case 'invalid':
      return unusable();
    case 'unreachable': {
      const message = 'The model API cannot be reached.';
      return new UpstreamError(openaiError(502, message, 'server_error', 'upstream_unreachable'));
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
