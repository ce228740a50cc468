import type { Leftover } from './files/shelf.ts';
import type { Failure, Miss } from './ledger.ts';
import type { Recorder } from './recorder.ts';
import type { Mode } from './settings.ts';

/** What came to pass at the edge since the recorder has started. */
export interface Report {
  readonly mode: Mode;
  readonly folder: string;
  readonly requests: number;
  readonly replayed: number;
  /** Calls of upstreams. */
  readonly upstream: number;
  readonly recorded: number;
  readonly misses: readonly Miss[];
  readonly failures: readonly Failure[];
  /** Files that were played. */
  readonly used: readonly string[];
  /** Files that were written. */
  readonly written: readonly string[];
  /** Recorded again with the same answers, and left as they were. */
  readonly unchanged: readonly string[];
  /** Answers that nobody asked for; when recording, files that were not recorded again. */
  readonly leftovers: readonly Leftover[];
}

export function reportOf({ settings, ledger, shelf, drafts }: Recorder): Report {
  drafts.settle();
  const { mode, folder } = settings;
  return {
    mode,
    folder,
    ...ledger.counts,
    misses: ledger.misses,
    failures: ledger.failures,
    used: shelf.used,
    written: [...drafts.written].sort(),
    unchanged: [...drafts.unchanged].sort(),
    leftovers: shelf.leftovers().filter(({ key }) => !drafts.has(key)),
  };
}
