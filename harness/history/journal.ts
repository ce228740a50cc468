import type { Usage } from './events.ts';

/** What checkers need of an entry in the provider's journal. Times are milliseconds since the epoch. */
export interface JournalEntry {
  readonly op: string | null;
  readonly kind: string;
  readonly status: number | null;
  readonly requestText: string;
  /** The whole answer as it was meant. */
  readonly answerText: string;
  readonly framesSent: number;
  readonly arrivedAt: number;
  readonly completedAt?: number;
  readonly hungUpAt?: number;
  readonly usage?: Usage;
  readonly fault?: { readonly kind: string };
  /** What directives made of the answer: the proof of planned faults. */
  readonly disturbed?: readonly Disturbance[];
}

/** One thing that the provider did to an answer because it was told to. */
export interface Disturbance {
  /** `cut`, `end`, `stall`, `error`, `status` or `slow-first-token`. */
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly afterFrames?: number;
  readonly status?: number;
  readonly waitedMs?: number;
}

export type Journal = readonly JournalEntry[];

const none: Journal = [];
const indexes = new WeakMap<Journal, Map<string, JournalEntry[]>>();

/** Chat calls that the provider saw of an operation, oldest first. */
export function chatCallsOf(journal: Journal, op: string): Journal {
  let index = indexes.get(journal);
  if (!index) {
    index = new Map();
    for (const entry of journal) {
      if (entry.op === null || entry.kind !== 'chat') continue;
      const entries = index.get(entry.op);
      if (entries) entries.push(entry);
      else index.set(entry.op, [entry]);
    }
    indexes.set(journal, index);
  }
  return index.get(op) ?? none;
}
