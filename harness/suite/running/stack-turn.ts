import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;
const boundMs = 600_000;

/** What a test file needs while it runs: the whole stack or one part of it, shared with other files or alone. */
export interface Claim {
  readonly part: string;
  readonly alone: boolean;
}

type Pragmas = Readonly<Record<string, string | readonly string[]>>;

/**
 * The claims of a test file, from its first docblock. `@alone`: it restarts or kills services, so no other file may
 * run. `@alone open-webui`: the same towards the files of the suite e2e/open-webui and those that say
 * `@uses open-webui`. `@alone machine`: it measures, so no other file may run on another stack either (`runner.ts`). The whole
 * stack comes first and parts follow in one order, so that no two files wait for each other.
 */
export function claimsOf(path: string, pragmas: Pragmas): readonly Claim[] {
  const alone = valuesOf(pragmas, 'alone').map((value) => (value === 'machine' ? '' : value));
  const parts = new Set([basename(dirname(path)), ...valuesOf(pragmas, 'uses'), ...alone]);
  const partClaims = [...parts]
    .filter(Boolean)
    .sort()
    .map((part) => ({ part, alone: alone.includes(part) }));
  return [{ part: 'stack', alone: alone.includes('') }, ...partClaims];
}

function valuesOf(pragmas: Pragmas, name: string): readonly string[] {
  return [pragmas[name] ?? []].flat().map((value) => value.trim());
}

/**
 * Waits until a test file has all its claims.
 *
 * @param folder one per Jest run
 * @returns gives them back
 */
export async function takeTurns(folder: string, claims: readonly Claim[]): Promise<() => void> {
  const taken: (() => void)[] = [];
  const giveBack = () => {
    for (const give of taken.splice(0).reverse()) give();
  };
  try {
    for (const { part, alone } of claims) taken.push(await takeTurn(join(folder, part), alone));
  } catch (error) {
    giveBack();
    throw error;
  }
  return giveBack;
}

/** Each side first shows itself and then looks for the other, so that two files never miss each other. */
async function takeTurn(folder: string, alone: boolean): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const alonePath = join(folder, 'alone');
  const own = join(folder, `shared-${process.pid}-${randomUUID()}`);
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
    process.kill(Number(name.split('-')[1]), 0);
    return true;
  } catch {
    return false;
  }
}
