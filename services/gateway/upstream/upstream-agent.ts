import { Agent } from 'undici';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The connections to all upstreams of a worker. `idleTimeoutMs` bounds the wait for a status and the silence between
 * two pieces of a body; the latter doesn't run while a slow client holds the body back.
 */
export function createUpstreamAgent(idleTimeoutMs: number): Agent {
  return new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  });
}
