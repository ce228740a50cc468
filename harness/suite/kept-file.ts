import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runFolder } from '../stack/run-folder.ts';
import { runId } from './stack.ts';

/** Below the folder of a run: what its suites leave for the results. */
export const keptFolder = 'kept';

/**
 * Where to write a file that the results of the run shall have: `browser/sent.png` becomes `results/RUN/browser/sent.png`.
 * Nobody redacts it any more: the caller leaves no credential in it.
 */
export function keptFile(path: string): string {
  const file = join(runFolder(runId()), keptFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  return file;
}
