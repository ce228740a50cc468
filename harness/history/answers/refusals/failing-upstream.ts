import { isAnswered, isFailed, type Journal } from '../../journal.ts';
import type { Operation } from '../../timeline.ts';

/**
 * Whether the model had failed before an operation was answered: a call of any operation, since who is refused upstream may refuse
 * others for a while, or one of its own that has not been answered.
 */
export function failingUpstream(journal: Journal = []): (operation: Operation) => boolean {
  let first = Number.POSITIVE_INFINITY;
  const open = new Set<string | null>();
  for (const entry of journal) {
    if (isFailed(entry)) first = Math.min(first, entry.arrivedAt);
    else if (!isAnswered(entry)) open.add(entry.op);
  }
  return ({ invoke, completion }) => first <= (completion?.at ?? first) || open.has(invoke.op);
}
