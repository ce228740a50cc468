import type { Usage } from './events.ts';

/** What checkers need of an entry in the provider's journal. Times are milliseconds since the epoch. */
export interface JournalEntry {
  readonly op: string | null;
  readonly kind: string;
  readonly status: number | null;
  /** Cut after `journalTextLimit` characters, as `answerText` is. */
  readonly requestText: string;
  /** The whole answer as it was meant. */
  readonly answerText: string;
  readonly framesSent: number;
  readonly arrivedAt: number;
  readonly completedAt?: number;
  readonly hungUpAt?: number;
  /** Tokens of the whole answer as it was meant. */
  readonly usage?: Usage;
  /** The answer tells its usage; who is not told must count by itself, and may count otherwise. */
  readonly saysUsage?: boolean;
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

/** Texts of the journal that are as long may have gone on. */
export const journalTextLimit = 4_000;

const none: Journal = [];
type Index = Map<string, JournalEntry[]>;
const chatIndexes = new WeakMap<Journal, Index>();
const indexes = new WeakMap<Journal, Index>();

/** Chat calls that the provider saw of an operation, oldest first. */
export const chatCallsOf = (journal: Journal, op: string): Journal =>
  indexed(journal, chatIndexes, ({ kind }) => kind === 'chat').get(op) ?? none;

/** Calls of any kind that the provider saw of an operation, oldest first. */
export const callsOf = (journal: Journal, op: string): Journal =>
  indexed(journal, indexes, () => true).get(op) ?? none;

function indexed(
  journal: Journal,
  known: WeakMap<Journal, Index>,
  isWanted: (entry: JournalEntry) => boolean,
): Index {
  let index = known.get(journal);
  if (index) return index;
  index = new Map();
  for (const entry of journal) {
    if (entry.op === null || !isWanted(entry)) continue;
    const entries = index.get(entry.op);
    if (entries) entries.push(entry);
    else index.set(entry.op, [entry]);
  }
  known.set(journal, index);
  return index;
}

/** Refused, or disturbed before its end: what a subject may repeat, or pass on as an error. */
export const isFailed = ({ status, fault, completedAt }: JournalEntry): boolean =>
  (status !== null && status >= 400) || (fault !== undefined && completedAt === undefined);

/** The provider may have answered in full, as far as the journal shows: neither failed nor hung up. */
export const mayBeAnswered = (entry: JournalEntry): boolean =>
  !isFailed(entry) && entry.hungUpAt === undefined;

/** The provider surely answered in full. */
export const isAnswered = (entry: JournalEntry): boolean =>
  mayBeAnswered(entry) && entry.completedAt !== undefined;
