import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RecorderError } from '../recorder-error.ts';
import { loadUsable } from './load.ts';

/** What a run leaves about its recordings, as far as pruning needs it. */
interface LastRun {
  readonly mode: string;
  readonly used: readonly string[];
  /** Suites that were run whole; `all`, or `some` when only some of their tests were. */
  readonly ran: 'all' | 'some' | readonly string[];
}

/**
 * Recordings that no test of the last run used. Of a run of some suites nothing is said about the others.
 *
 * @throws RecorderError RECORDER_SETTINGS when there was no run, or one that says nothing
 */
export function unusedFiles(folder: string, lastRun: string): readonly string[] {
  const { mode, used, ran } = readRun(lastRun);
  if (mode !== 'replay' && mode !== 'record-if-missing')
    throw refused(
      `the last run (${lastRun}) had the mode ${mode}, which uses no recordings; replay them first.`,
    );
  if (ran === 'some')
    throw refused(`the last run (${lastRun}) ran only some tests; run whole suites, or all.`);
  const isJudged = (scope: string) => ran === 'all' || ran.includes(scope.split('/')[0] ?? '');
  return loadUsable(folder)
    .filter(({ file, recording }) => !used.includes(file) && isJudged(recording.scope))
    .map(({ file }) => file);
}

/** Removes files, and the folders that they leave empty. */
export function removeFiles(folder: string, files: readonly string[]): void {
  for (const file of files) {
    rmSync(join(folder, file), { force: true });
    for (let at = dirname(file); at !== '.' && readdirSync(join(folder, at)).length === 0; at = dirname(at))
      rmdirSync(join(folder, at));
  }
}

function readRun(path: string): LastRun {
  if (!existsSync(path)) throw refused(`there is no ${path}; replay the suites first.`);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LastRun;
  } catch (error) {
    throw refused(`${path} is no JSON: ${(error as Error).message}`);
  }
}

function refused(why: string): RecorderError {
  return new RecorderError('RECORDER_SETTINGS', `Nothing can be pruned: ${why}`);
}
