import type { Socket } from 'node:net';

const flushLimitMs = 1_000;

/**
 * Resets a connection at once. While its FIN is under way libuv refuses to (uv_tcp_close_reset), and Node then never
 * closes the handle: such a connection is closed instead.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (finPending(socket)) socket.destroy();
  else socket.resetAndDestroy();
}

function finPending(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished;
}

/** Resets a connection once the kernel has taken what was written before, within a second. */
export function resetWhenFlushed(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) {
    socket.destroy();
    return;
  }
  if (socket.writableLength === 0 && !finPending(socket)) {
    reset(socket);
    return;
  }
  const flushed = (): void => {
    clearTimeout(timer);
    reset(socket);
  };
  const timer = setTimeout(flushed, flushLimitMs).unref();
  if (socket.writableEnded) socket.once('finish', flushed);
  else socket.write(Buffer.alloc(0), flushed);
}
