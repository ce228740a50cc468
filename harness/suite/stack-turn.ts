import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;
const boundMs = 600_000;

/**
 * Waits for a test file's turn on the stack. Files share it, but one that restarts or kills services has it alone,
 * although Jest runs files side by side. Each side first shows itself and then looks for the other, so that
 * two files never miss each other.
 *
 * @param folder one per Jest run
 * @returns gives the turn back
 */
export async function takeTurn(folder: string, alone: boolean): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const alonePath = join(folder, 'alone');
  const own = join(folder, `shared-${process.pid}`);
  const sharing = () => readdirSync(folder).filter((name) => name.startsWith('shared-') && isLive(name));
  if (alone) {
    await waitFor('the files before it', () => tryMake(alonePath));
    await waitFor('the files that share the stack', () => sharing().length === 0);
    return () => rmdirSync(alonePath);
  }
  await waitFor('a file that has the stack alone', () => {
    writeFileSync(own, '');
    if (!readdirSync(folder).includes('alone')) return true;
    rmSync(own);
    return false;
  });
  return () => rmSync(own);
}

async function waitFor(what: string, isOver: () => boolean): Promise<void> {
  const deadline = Date.now() + boundMs;
  while (!isOver()) {
    if (Date.now() > deadline) throw new Error(`waited ${boundMs} ms in vain for ${what}`);
    await delay(pollMs);
  }
}

function tryMake(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A Jest worker that crashed leaves its mark behind. */
function isLive(name: string): boolean {
  try {
    process.kill(Number(name.slice('shared-'.length)), 0);
    return true;
  } catch {
    return false;
  }
}
