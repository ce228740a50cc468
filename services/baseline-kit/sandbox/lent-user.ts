import { randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { processesOfUser } from './leftovers.ts';

const firstUser = 50_000;
const users = 10_000;
const lent = new Set<number>();

/**
 * Lends a program a user of its own, so that it can read and signal nobody else's and all that it started is found again.
 * Undefined in a server that isn't root, and so has none to lend.
 * @param alone makes sure that no process on this machine has that user: all that have it will be killed
 */
export async function lendUser(alone: boolean): Promise<(Disposable & { readonly id: number }) | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (;;) {
    const id = firstUser + randomInt(users);
    if (lent.has(id)) continue;
    lent.add(id);
    if (!alone || (await processesOfUser(id)).length === 0)
      return { id, [Symbol.dispose]: () => lent.delete(id) };
    // Another worker's, or left by one that was killed.
    lent.delete(id);
  }
}

/** Whether a file lies in a folder, at any depth, that others may not pass through. */
export async function isHidden(path: string): Promise<boolean> {
  if (!path.startsWith('/')) return false;
  const mode = (await stat(dirname(path))).mode;
  if ((mode & 0o001) === 0) return true;
  return dirname(path) !== '/' && (await isHidden(dirname(path)));
}
