import { randomFillSync } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

// An id is copied into headers and logs, so only harmless characters are taken over from a client.
const acceptable = /^[\w.:@/+=-]{1,128}$/;

// One call of the system's generator for hundreds of ids: a call costs more than everything else about an id.
const pool = Buffer.alloc(4_096);
let used = pool.length;

function accepted(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && acceptable.test(header) ? header : undefined;
}

/** Unguessable lower-case hex digits, two for each of at most 4,096 bytes; none of them is given out twice. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

/** The client's X-Request-Id, else `chatcmpl-` + 24 hex digits for chat completions and `req_` + 12 elsewhere. */
export function requestId(headers: IncomingHttpHeaders, url: string): string {
  const given = accepted(headers['x-request-id']);
  if (given !== undefined) return given;
  return url.startsWith('/v1/chat/completions') ? `chatcmpl-${randomHex(12)}` : `req_${randomHex(6)}`;
}

/** The client's X-Correlation-ID, else `corr-` + 16 hex digits. */
export function correlationId(headers: IncomingHttpHeaders): string {
  return accepted(headers['x-correlation-id']) ?? `corr-${randomHex(8)}`;
}
