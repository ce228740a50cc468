import type { Operation } from '../timeline.ts';
import type { Effects } from './effects.ts';
import { isAddition, isWrite, type ObjectKind } from './object-kind.ts';

/** One key after its last change. */
export interface Settled {
  readonly key: number;
  readonly kind: ObjectKind;
  /** Changes, the header's beginning among them. */
  readonly updates: readonly Operation[];
  /** Reads, lists and counts that ended well and began when no change was under way any more. */
  readonly reads: readonly Operation[];
  /** Changes whose end nobody knows: the state may be with or without them, and each may still happen once. */
  readonly unsure: readonly Operation[];
}

/** Changes something that a read, list or count shows. Refused ones do not. */
export const isUpdate = (operation: Operation): boolean =>
  isWrite(operation) ||
  (operation.outcome !== 'fail' &&
    (isAddition(operation) || operation.invoke.does === 'remove' || operation.invoke.does === 'increment'));

export const isLook = ({ invoke: { does }, outcome }: Operation): boolean =>
  outcome === 'ok' && (does === 'read' || does === 'list' || does === 'count');

/**
 * Every key that was changed, with its reads after quiescence: begun after every change was answered (well, or by giving
 * up on it) and at least `withinMs` later.
 */
export function settledKeys({ keys, kinds }: Effects, withinMs = 0): readonly Settled[] {
  const settled: Settled[] = [];
  for (const [key, operations] of keys.entries()) {
    const kind = kinds[key];
    const updates = operations.filter(isUpdate);
    if (kind === undefined || updates.every(({ start }) => start < 0)) continue;
    let lastEnd = -1;
    let lastAt = 0;
    for (const update of updates) {
      lastEnd = Math.max(lastEnd, update.answered);
      for (const { completion } of update.attempts ?? [update])
        lastAt = Math.max(lastAt, completion?.at ?? Number.POSITIVE_INFINITY);
    }
    const reads = operations.filter(
      (read) => isLook(read) && read.start > lastEnd && read.invoke.at >= lastAt + withinMs,
    );
    const unsure = updates.filter(({ outcome }) => outcome === 'unknown');
    settled.push({ key, kind, updates, reads, unsure });
  }
  return settled;
}
