import type { ServerResponse } from 'node:http';

const flushLimitMs = 1_000;

/** Breaks an answer off, once the kernel has what was written of it: by a FIN in place of the rest, or by a reset. */
export function breakOff({ socket }: ServerResponse, how: 'cut' | 'reset'): void {
  if (!socket || socket.destroyed) return;
  if (how === 'cut') {
    socket.destroySoon();
    return;
  }
  // A reset overtakes what still waits here.
  const reset = (): void => {
    clearTimeout(timer);
    if (!socket.destroyed) socket.resetAndDestroy();
  };
  const timer = setTimeout(reset, flushLimitMs).unref();
  socket.write('', reset);
}
