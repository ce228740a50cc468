/** Why a request got no usable answer: a time ran out, the connection broke, what came was no HTTP, nobody was there. */
export type ConnectionFailure = 'timeout' | 'broken' | 'invalid' | 'unreachable';

const timeoutCodes = [
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'],
];
const brokenCodes = [
  ...['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_ABORTED', 'ERR_STREAM_PREMATURE_CLOSE'],
];
const invalidCode = /^(?:HPE_\w+|UND_ERR_RES_EXCEEDED_MAX_SIZE)$/;

/** What the error of an HTTP client means, by the codes (Node's, undici's, llhttp's) of it and of what caused it. */
export function connectionFailureOf(cause: unknown): ConnectionFailure {
  const codes: string[] = [];
  for (let at = cause, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const { code, name, cause: inner } = at as { code?: unknown; name?: unknown; cause?: unknown };
    if (name === 'TimeoutError') return 'timeout';
    if (typeof code === 'string') codes.push(code);
    at = inner;
  }
  if (codes.some((code) => timeoutCodes.includes(code))) return 'timeout';
  if (codes.some((code) => brokenCodes.includes(code))) return 'broken';
  return codes.some((code) => invalidCode.test(code)) ? 'invalid' : 'unreachable';
}

const credentialStatuses = [401, 403, 407];

/**
 * True for unauthorized, forbidden and proxy authentication required (RFC 9110 §15.5): said of our own credentials, since
 * no client's are passed on. Such an answer is never the client's fault, and its words may quote a key.
 */
export function refusesCredentials(status: number): boolean {
  return credentialStatuses.includes(status);
}
