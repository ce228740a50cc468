import { Agent } from 'undici';

/**
 * The connections to all upstreams of a worker. `connectMs` bounds the making of one, TLS included; `idleTimeoutMs` the
 * wait for a status and the silence between two pieces of a body, unless a request says otherwise; the latter doesn't
 * run while a slow client holds the body back.
 */
export function createUpstreamAgent(connectMs: number, idleTimeoutMs: number): Agent {
  return new Agent({
    connect: { timeout: connectMs },
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  });
}
