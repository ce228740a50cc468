import type { Socket } from 'node:net';

const flushLimitMs = 1_000;

/** Resets a connection once the kernel has taken what was written before, within a second. */
export function resetWhenFlushed(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) {
    socket.destroy();
    return;
  }
  if (socket.writableLength === 0) {
    socket.resetAndDestroy();
    return;
  }
  const reset = (): void => {
    clearTimeout(timer);
    if (!socket.destroyed) socket.resetAndDestroy();
  };
  const timer = setTimeout(reset, flushLimitMs).unref();
  if (socket.writableEnded) socket.once('finish', reset);
  else socket.write(Buffer.alloc(0), reset);
}
