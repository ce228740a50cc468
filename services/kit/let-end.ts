import type { Readable } from 'node:stream';

/** How long a finished upstream may take to close its answer before its connection is given up. */
const graceMs = 1_000;
/** What it may still send meanwhile; all of it is dropped. */
const longestRestBytes = 65_536;

/**
 * Lets a body end by itself after everything that mattered in it was read: its connection stays usable, and the upstream
 * sees no hang-up after a whole answer. (undici's `dump` counts what was read before, and destroys long bodies at once.)
 */
export function letEnd(body: Readable): void {
  body.on('error', () => undefined);
  if (body.closed) return;
  const late = setTimeout(() => body.destroy(), graceMs);
  let restBytes = 0;
  body.once('close', () => clearTimeout(late));
  body.on('data', (chunk: Buffer) => {
    restBytes += chunk.length;
    if (restBytes > longestRestBytes) body.destroy();
  });
}
