import { gauntletError } from '../errors.ts';
import { ownerState } from '../stack/owner.ts';
import { knownRuns, readStackRecord } from '../stack/run-folder.ts';

/** Runs whose supervisor lives, the newest last. */
export function runningRuns(): readonly string[] {
  return knownRuns()
    .flatMap((runId) => {
      const record = readStackRecord(runId);
      return record && ownerState(record.supervisor) === 'alive' ? [record] : [];
    })
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt))
    .map(({ runId }) => runId);
}

/** The id of a running stack, which may be given by its first letters. Without one, the newest. Throws GNT_RUN_NOT_FOUND. */
export function keptRun(id?: string): string {
  const running = runningRuns();
  const found = id === undefined ? running.at(-1) : running.find((runId) => runId.startsWith(id));
  if (!found) throw gauntletError('GNT_RUN_NOT_FOUND', id ?? '', running.join(', ') || 'none');
  return found;
}
