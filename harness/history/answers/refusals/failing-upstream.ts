import { chatCallsOf, isAnswered, isFailed, type Journal, type JournalEntry } from '../../journal.ts';
import type { Operation } from '../../timeline.ts';

/** Whoever gives up a model that answers before this much time is over was not tired of waiting for it. */
const patienceMs = 1_000;

export interface FailingUpstream {
  /** Whether the model had failed a call, of any operation: who is refused upstream may refuse others for a while. */
  before(operation: Operation): boolean;
  /** The same, or one of its own calls has not been answered. */
  explains(operation: Operation): boolean;
  /**
   * Whether all that was asked for it upstream was answered, or being answered well when the subject hung up: what the
   * subject then says went wrong is its own.
   */
  isBlameless(operation: Operation): boolean;
}

export function failingUpstream(journal: Journal = []): FailingUpstream {
  let first = Number.POSITIVE_INFINITY;
  const open = new Set<string | null>();
  for (const entry of journal) {
    if (isFailed(entry)) first = Math.min(first, entry.arrivedAt);
    else if (!isAnswered(entry)) open.add(entry.op);
  }
  const before = ({ completion }: Operation) => first <= (completion?.at ?? first);
  return {
    before,
    explains: (operation) => before(operation) || open.has(operation.invoke.op),
    isBlameless: ({ invoke }) => {
      const calls = chatCallsOf(journal, invoke.op);
      return calls.length > 0 && calls.every((call) => isAnswered(call) || isGivenUpEarly(call));
    },
  };
}

/** It was under way, undisturbed, and could not be called slow. */
const isGivenUpEarly = ({ status, framesSent, fault, disturbed, arrivedAt, hungUpAt }: JournalEntry) =>
  status === 200 &&
  framesSent > 0 &&
  !fault &&
  !disturbed?.length &&
  hungUpAt !== undefined &&
  hungUpAt - arrivedAt < patienceMs;
