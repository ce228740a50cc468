import { Agent } from 'undici';

const connectTimeoutMs = 5_000;

/**
 * The connections to all upstreams of a worker. `idleTimeoutMs` bounds the wait for a status and the silence between
 * two pieces of a body; the latter doesn't run while a slow client holds the body back.
 */
export function createUpstreamAgent(idleTimeoutMs: number): Agent {
  return new Agent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  });
}
