import { connectionFailureOf, refusesCredentials } from '../../kit/http/connection-failure.ts';
import { OpenaiError, openaiError } from '../../kit/openai-error.ts';
import { timeoutFailure } from './timeout-failure.ts';

/** Statuses of an upstream that say the same about the gateway; other 5xx are a bad gateway (RFC 9110 §15.6). */
const sameServerErrors = new Set([502, 503, 504]);

/** Names the failure of a connection: 504 when a time ran out, 502 otherwise; `who` is a competitor or service. */
export function connectionFailure(cause: unknown, who: string): OpenaiError {
  const timeout = timeoutFailure(cause, who);
  if (timeout) return timeout;
  // An abort of ours carries its answer as the reason.
  if (cause instanceof OpenaiError) return cause;
  switch (connectionFailureOf(cause)) {
    case 'timeout':
      return openaiError(504, `${who} did not answer in time.`, 'server_error', 'upstream_timeout');
    case 'broken':
      return openaiError(502, `${who} broke the connection off.`, 'server_error', 'upstream_truncated');
    case 'invalid':
      return invalidAnswer(who);
    case 'unreachable':
      return openaiError(502, `${who} cannot be reached.`, 'server_error', 'upstream_unreachable');
  }
}

/** An upstream said 200 and something that is no answer. */
export function invalidAnswer(who: string): OpenaiError {
  return openaiError(
    502,
    `${who} sent an answer that cannot be used.`,
    'server_error',
    'upstream_invalid_response',
  );
}

/**
 * An upstream's own refusal: 4xx and 502–504 keep their status, and an OpenAI error body stays as it is. What an upstream
 * says about credentials is about the gateway's own, for no client's are passed on: a bad gateway, in our words, since
 * the upstream's may quote the key. `retryAfter` is its header, passed on so that clients wait as long as it asked.
 */
export function refusal(status: number, body: string, who: string, retryAfter?: string): OpenaiError {
  if (refusesCredentials(status)) {
    const message = `${who} does not accept the credentials of the gateway.`;
    return openaiError(502, message, 'server_error', 'upstream_unauthorized');
  }
  const error = refusalOf(status, body, who);
  error.retryAfter = retryAfter;
  return error;
}

function refusalOf(status: number, body: string, who: string): OpenaiError {
  const passed = (status >= 400 && status < 500) || sameServerErrors.has(status) ? status : 502;
  const said = parsed(body);
  const fallback = `${who} answered with status ${status}.`;
  const type = status >= 400 && status < 500 ? 'invalid_request_error' : 'server_error';
  const own = said?.error;
  if (isRecord(own) && typeof own.message === 'string') {
    const code = typeof own.code === 'string' ? own.code : codeFor(status);
    const param = typeof own.param === 'string' ? own.param : null;
    const ownType = typeof own.type === 'string' ? own.type : type;
    return openaiError(passed, own.message, ownType, code, param);
  }
  const detail = said?.detail;
  const message = typeof detail === 'string' && detail !== '' ? detail : fallback;
  return openaiError(passed, message, type, codeFor(status));
}

function codeFor(status: number): string {
  return status === 429 ? 'rate_limit_exceeded' : 'upstream_error';
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
