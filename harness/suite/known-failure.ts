import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { service } from './stack.ts';

/** What is wrong in somebody else's server, and is no news. */
export interface KnownFailure {
  /** The folder below `bugs/` whose plan shows it. */
  readonly bug: string;
  /** The service that is wrong, and the version in which it was seen. */
  readonly service: string;
  readonly version: string;
  /** What the assertion that fails says; another failure is news. */
  readonly says: RegExp;
  /** A race, in which it does well at times: that is no news either. */
  readonly sometimes?: true;
}

/** A known failure as a test met it. */
export interface KnownFailureNote {
  readonly file: string;
  readonly test: string;
  readonly bug: string;
  /** `litellm 1.106.2`, as it runs in this stack. */
  readonly server: string;
  readonly message: string;
}

/**
 * For assertions that somebody else's server is known to fail: their failure is a finding of the run and the test goes on.
 * That they pass is a failure in the version that is declared, and good in every other one. Without a declaration they
 * are assertions like others.
 *
 * @throws what failed when that is not what is known; an error that asks to remove the declaration when nothing failed
 */
export async function unlessKnown(
  known: KnownFailure | undefined,
  assertions: () => Promise<void>,
): Promise<void> {
  if (!known) return await assertions();
  const { version = 'of unknown version' } = service(known.service);
  const { bug, says } = known;
  try {
    await assertions();
  } catch (error) {
    // Not by its class: what the platform throws is no Error of the realm that tests run in.
    const { name, message: said } = (error ?? {}) as Partial<Error>;
    const message = plain(said ?? '');
    if (name === 'SkipError' || !says.test(message)) throw error;
    const { currentTestName: test = '', testPath: file = '' } = expect.getState();
    const server = `${known.service} ${version}`;
    const note: KnownFailureNote = { file, test, bug, server, message };
    const path = process.env.GAUNTLET_KNOWN;
    if (path) appendFileSync(path, `${JSON.stringify(note)}\n`);
    return;
  }
  if (version !== known.version || known.sometimes) return;
  throw new Error(
    `declared as failing (bugs/${bug}, ${known.service} ${known.version}) but passes: remove the declaration`,
  );
}

const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const plain = (text: string): string => text.replaceAll(colour, '');
