import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder, type StackRecord } from '../stack/run-folder.ts';

/**
 * The salt of runs on a stack unless another is given: '' where the stores are new, so that names come from seed and path alone.
 * Where a lab was opened before on the same stack it is another one, so that a plan which is run again does not find what it
 * left; and a random one where stores are not the stack's.
 */
export function saltOf(record: StackRecord): string {
  const isForeign = Object.values(record.services).some(({ state }) => state === 'remote');
  if (isForeign) return randomBytes(4).toString('hex');
  for (let session = 1; ; session += 1) {
    try {
      // Made by one process alone, whoever opens a lab at the same time.
      mkdirSync(join(runFolder(record.runId), `lab-${session}`));
      return session === 1 ? '' : `s${session}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return randomBytes(4).toString('hex');
    }
  }
}
