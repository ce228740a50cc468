import type { Usage } from './events.ts';

/** What checkers need of an entry in the provider's journal. Times are milliseconds since the epoch. */
export interface JournalEntry {
  readonly op: string | null;
  readonly kind: string;
  readonly status: number | null;
  /** Tells keys of the model API apart; null without one. */
  readonly keySha256?: string | null;
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
export function chatCallsOf(journal: Journal, op: string): Journal {
  let index = chatIndexes.get(journal);
  if (!index) {
    index = indexed(journal, 'chat');
    chatIndexes.set(journal, index);
  }
  return index.get(op) ?? none;
}

/** Calls of any kind that the provider saw of an operation, oldest first. */
export function callsOf(journal: Journal, op: string): Journal {
  let index = indexes.get(journal);
  if (!index) {
    index = indexed(journal);
    indexes.set(journal, index);
  }
  return index.get(op) ?? none;
}

function indexed(journal: Journal, wanted?: string): Index {
  const index: Index = new Map();
  for (const entry of journal) {
    if (entry.op === null || (wanted !== undefined && entry.kind !== wanted)) continue;
    const entries = index.get(entry.op);
    if (entries) entries.push(entry);
    else index.set(entry.op, [entry]);
  }
  return index;
}

/** Refused, or disturbed before its end: what a subject may repeat, or pass on as an error. */
export const isFailed = (entry: JournalEntry): boolean =>
  (entry.status !== null && entry.status >= 400) ||
  (entry.fault !== undefined && entry.completedAt === undefined && !hasFinished(entry));

/**
 * All text and the frame that says why it ends were sent, if not `[DONE]`: whoever goes by the `finish_reason` has the whole
 * answer. The frames are one for the role, one for each token, one for the end.
 */
const hasFinished = ({ framesSent, usage }: JournalEntry): boolean =>
  usage !== undefined && framesSent >= usage.completionTokens + 2;

/** The provider may have answered in full, as far as the journal shows: neither failed nor hung up. */
export const mayBeAnswered = (entry: JournalEntry): boolean =>
  !isFailed(entry) && entry.hungUpAt === undefined;

/** The provider surely answered in full. */
export const isAnswered = (entry: JournalEntry): boolean =>
  mayBeAnswered(entry) && entry.completedAt !== undefined;
