import type { Ending } from './failure-class.ts';

interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly cause?: unknown;
  readonly matcherResult?: unknown;
  readonly errors?: readonly unknown[];
}

/** Codes of connections that never came about, of Node and undici. */
const unreachable =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;
const broken = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED|ERR_STREAM_PREMATURE_CLOSE)$/;
const late = /^(ETIMEDOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|ECONNABORTED)$/;

/**
 * How a scenario ended, by what it threw: codes of the system, classes of the official clients and of assertions. What is
 * none of these is a mistake of the scenario itself.
 */
export function endingOf(error: unknown): Ending {
  const chain = causesOf(error);
  for (const { code } of chain) {
    if (typeof code !== 'string') continue;
    if (unreachable.test(code)) return { how: 'unreachable', code };
    if (late.test(code)) return { how: 'silent' };
    if (broken.test(code)) return { how: 'broken' };
  }
  const names = chain.map(nameOf);
  if (names.some((name) => /^(TimeoutError|APIConnectionTimeoutError)$/.test(name))) return { how: 'silent' };
  const status = chain.find((each) => typeof each.status === 'number')?.status;
  if (typeof status === 'number') return { how: 'status', status };
  const [first] = chain;
  const what = (first?.message ?? String(error)).split('\n')[0] ?? '';
  if (first && ('matcherResult' in first || first.name === 'WrongShape')) return { how: 'shape', what };
  // Both clients call it a connection error when an answer broke off; the API's own errors within a stream have no status.
  if (names.some((name) => name === 'APIConnectionError')) return { how: 'broken' };
  if (names.some((name) => /^(APIError|OpenAIError|AnthropicError)$/.test(name)))
    return { how: 'shape', what };
  return { how: 'mistake', what };
}

/** An error and what caused it, the first one first. */
function causesOf(error: unknown): readonly Thrown[] {
  const chain: Thrown[] = [];
  for (
    let at = error;
    typeof at === 'object' && at !== null && chain.length < 10;
    at = (at as Thrown).cause
  ) {
    chain.push(at as Thrown);
    for (const one of (at as Thrown).errors ?? [])
      if (typeof one === 'object' && one) chain.push(one as Thrown);
  }
  return chain;
}

/** The clients name all their errors "Error": their class tells them apart. */
const nameOf = (error: Thrown): string =>
  error.name && error.name !== 'Error' ? error.name : (error.constructor?.name ?? '');

/** An answer that is not what its API promises. */
export class WrongShape extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongShape';
  }
}
