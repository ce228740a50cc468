import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

// An id is copied into headers and logs, so only harmless characters are taken over from a client.
const acceptable = /^[\w.:@/+=-]{1,128}$/;

function accepted(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && acceptable.test(header) ? header : undefined;
}

/** The client's X-Request-Id, else `chatcmpl-` + 24 hex digits for chat completions and `req_` + 12 elsewhere. */
export function requestId(headers: IncomingHttpHeaders, url: string): string {
  const given = accepted(headers['x-request-id']);
  if (given !== undefined) return given;
  return url.startsWith('/v1/chat/completions')
    ? `chatcmpl-${randomBytes(12).toString('hex')}`
    : `req_${randomBytes(6).toString('hex')}`;
}

/** The client's X-Correlation-ID, else `corr-` + 16 hex digits. */
export function correlationId(headers: IncomingHttpHeaders): string {
  return accepted(headers['x-correlation-id']) ?? `corr-${randomBytes(8).toString('hex')}`;
}
