import { type OpenaiError, openaiError } from '../../kit/openai-error.ts';

/** Bounds of one upstream request. Connecting has a bound of its own, see `createUpstreamAgent`. */
export interface UpstreamBounds {
  /** Until the status of the answer. */
  readonly firstByteMs: number;
  /** Silence in the body; does not run while a slow client holds the body back. */
  readonly idleMs: number;
  /** For all of it, a slow client's time included. */
  readonly totalMs: number;
}

type Named = readonly [code: string, what: string];

const total: Named = ['upstream_total_timeout', 'did not finish its answer in time'];
const timeouts: Readonly<Record<string, Named>> = {
  UND_ERR_CONNECT_TIMEOUT: ['upstream_connect_timeout', 'did not accept a connection in time'],
  ETIMEDOUT: ['upstream_connect_timeout', 'did not accept a connection in time'],
  UND_ERR_HEADERS_TIMEOUT: ['upstream_first_byte_timeout', 'did not begin its answer in time'],
  UND_ERR_BODY_TIMEOUT: ['upstream_idle_timeout', 'fell silent in the middle of its answer'],
};

/** The 504 of a time that ran out, with a code for each; undefined for other failures. */
export function timeoutFailure(cause: unknown, who: string): OpenaiError | undefined {
  const { code, name } = (cause ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  const named = name === 'TimeoutError' ? total : timeouts[typeof code === 'string' ? code : ''];
  return named && openaiError(504, `${who} ${named[1]}.`, 'server_error', named[0]);
}

/** The 504 for an answer that took longer than `totalMs`. */
export function totalTimeout(who: string): OpenaiError {
  return openaiError(504, `${who} ${total[1]}.`, 'server_error', total[0]);
}
