import type { History } from '../events.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { kindOf, type ObjectKind } from './object-kind.ts';
import { isWrite } from './register.ts';

/** One key after its last change. */
export interface Settled {
  readonly key: number;
  readonly kind: ObjectKind;
  readonly updates: readonly Operation[];
  /** Reads, lists and counts that ended well and began when no change was under way any more. */
  readonly reads: readonly Operation[];
  /** A change whose end nobody knows: the state may be with or without it. */
  readonly unsure: Operation | undefined;
}

/** Changes something that a read, list or count shows. Refused ones do not. */
export const isUpdate = (operation: Operation): boolean =>
  isWrite(operation) ||
  (operation.outcome !== 'fail' &&
    (operation.invoke.does === 'add' ||
      operation.invoke.does === 'remove' ||
      operation.invoke.does === 'increment'));

const isLook = ({ invoke: { does }, outcome }: Operation): boolean =>
  outcome === 'ok' && (does === 'read' || does === 'list' || does === 'count');

/**
 * Every key that was changed, with its reads after quiescence: begun after every change was answered (well, or by giving
 * up on it) and at least `withinMs` later.
 */
export function settledKeys(history: History, withinMs = 0): readonly Settled[] {
  const timeline = timelineOf(history);
  const settled: Settled[] = [];
  for (const [key, operations] of timeline.keys.entries()) {
    const updates = operations.filter(isUpdate);
    if (updates.length === 0) continue;
    let lastEnd = -1;
    let lastAt = 0;
    for (const { answered, completion } of updates) {
      lastEnd = Math.max(lastEnd, answered);
      lastAt = Math.max(lastAt, completion?.at ?? Number.POSITIVE_INFINITY);
    }
    const reads = operations.filter(
      (read) => isLook(read) && read.start > lastEnd && read.invoke.at >= lastAt + withinMs,
    );
    settled.push({
      key,
      kind: kindOf(operations) ?? 'register',
      updates,
      reads,
      unsure: updates.find(({ outcome }) => outcome === 'unknown'),
    });
  }
  return settled;
}
