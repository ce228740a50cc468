import { type OpenaiError, openaiError } from '../../kit/openai-error.ts';
import { connectionFailure, refusal } from '../upstream/upstream-failure.ts';

/** What a failure is about, which decides what cools down. `request`: the client's own, the same everywhere. */
export type FailureKind =
  | 'credentials'
  | 'forbidden'
  | 'model'
  | 'rate-limit'
  | 'unreachable'
  | 'transient'
  | 'request';

/** One request to one upstream that failed before it had an answer. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly kind: FailureKind;
  /** What the client gets if nothing else answers. */
  readonly error: OpenaiError;
  /** How long the upstream asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, error: OpenaiError, retryAfterMs?: number) {
    super(error.message);
    this.kind = kind;
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

const kindOfStatus: Readonly<Record<number, FailureKind>> = {
  401: 'credentials',
  402: 'credentials',
  403: 'forbidden',
  404: 'model',
  407: 'credentials',
  408: 'transient',
  429: 'rate-limit',
};

const unreachableCodes = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'],
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** An upstream answered with another status than 200. `retryAfter` is its header. */
export function refusedAttempt(
  status: number,
  text: string,
  who: string,
  retryAfter: string | undefined,
): AttemptFailure {
  const error = refusal(status, text, who, retryAfter);
  return new AttemptFailure(kindOf(status, error), error, retryAfterMs(retryAfter, Date.now()));
}

/** Whatever a request or the reading of its answer has thrown. */
export function failedAttempt(cause: unknown, who: string): AttemptFailure {
  if (cause instanceof AttemptFailure) return cause;
  const code = String((cause as { readonly code?: unknown } | undefined)?.code ?? '');
  const error = connectionFailure(cause, who);
  if (unreachableCodes.has(code)) return new AttemptFailure('unreachable', error);
  // An answer beyond all measure would be as long elsewhere.
  return new AttemptFailure(code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'request' : 'transient', error);
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3); undefined for anything else. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes far more than the three date forms of HTTP, all of which begin with a day's name.
  const at = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** All ways to a model are left alone for now: 429 when limits are why, 503 otherwise. */
export function allCooling(model: string, leftMs: number, limited: boolean): OpenaiError {
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  const message = `Every upstream of the model '${model}' is cooling down; the first is tried again in ${seconds} s.`;
  const error = limited
    ? openaiError(429, message, 'rate_limit_error', 'model_cooldown')
    : openaiError(503, message, 'server_error', 'model_cooldown');
  error.retryAfter = String(seconds);
  return error;
}

function kindOf(status: number, { body }: OpenaiError): FailureKind {
  if (status === 400 && body.error.code === 'model_not_found') return 'model';
  const named = kindOfStatus[status];
  if (named) return named;
  // Redirects are not followed: an address that answers with one is no model API.
  return status >= 400 && status < 500 ? 'request' : 'transient';
}
