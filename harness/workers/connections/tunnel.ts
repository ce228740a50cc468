import type { Socket } from 'node:net';

/**
 * Joins two connections: bytes with backpressure, the end of one direction as a half-close, a reset as a reset.
 * Both sockets must allow half-open. It has no timeout of its own: a stream may be silent as long as its peers like.
 * @param head bytes that the client sent ahead
 */
export function joinSockets(client: Socket, worker: Socket, head: Buffer): void {
  if (head.length > 0) worker.write(head);
  passOn(client, worker);
  passOn(worker, client);
}

function passOn(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  from.setTimeout(0);
  // Notices a peer whose machine went away, the only end that TCP does not tell.
  from.setKeepAlive(true, 30_000);
  from.pipe(to);
  from.on('error', () => to.resetAndDestroy());
  from.on('close', () => {
    if (!from.readableEnded && !to.destroyed) to.resetAndDestroy();
  });
}
