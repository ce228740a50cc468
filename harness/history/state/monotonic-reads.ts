import type { History } from '../events.ts';
import { named, type Violation } from '../outcome.ts';
import { judgeBySweep, type Sweep } from '../sweep.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { elementsOf, shown, valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { growingCounters } from './counter-freshness.ts';
import { isRead, isWrite, registersOf, uniqueValues, writtenBy } from './register.ts';
import { isOfSet, SetElements } from './set-elements.ts';

/** A client's reads never go back: session guarantee of Terry et al. (PDIS 1994). */
export const monotonicReads: Checker = {
  name: 'monotonic-reads',
  rule: 'What a client has read it never finds undone by a later read, whichever worker answers.',
  needs: ['values and elements are unique', 'counters only grow', 'a client reads one thing after the other'],
  check(history) {
    const rules = [registerRule(history), setRule(history), counterRule(history)];
    return judgeBySweep('monotonic-reads', timelineOf(history), rules);
  },
};

/** State per client and key. */
function perReader<T>(history: History): {
  get: (read: Operation) => T | undefined;
  set: (read: Operation, state: T) => void;
} {
  const keys = timelineOf(history).keys.length;
  const states = new Map<number, T>();
  const place = ({ key, invoke }: Operation) => key + invoke.client * keys;
  return { get: (read) => states.get(place(read)), set: (read, state) => states.set(place(read), state) };
}

function registerRule(history: History): Sweep {
  const { writerOf, ambiguous } = registersOf(history);
  const { keys } = timelineOf(history);
  /** The read of a client that saw the write which began last. */
  const newest = perReader<{ read: Operation; writer: Operation }>(history);
  /** Writes of nothing, per key: whether one is under way, and the end of the last. */
  const open = keys.map(() => 0);
  const lastEnd = keys.map(() => -1);
  const isNull = (operation: Operation) => isWrite(operation) && writtenBy(operation) === null;
  return {
    unmet: () => uniqueValues(history),
    begin(operation) {
      if (isNull(operation)) open[operation.key] = (open[operation.key] ?? 0) + 1;
    },
    end(operation) {
      if (isNull(operation)) {
        open[operation.key] = (open[operation.key] ?? 1) - 1;
        lastEnd[operation.key] = operation.end;
      }
      if (!isRead(operation) || ambiguous.has(operation.key)) return undefined;
      const value = valueId(operation.completion?.value);
      const writer = value === null ? undefined : writerOf(operation.key, value);
      const nullEnd = open[operation.key] ? Number.POSITIVE_INFINITY : (lastEnd[operation.key] ?? -1);
      const writtenUntil = writer?.end ?? (value === null ? nullEnd : -1);
      const before = newest.get(operation);
      if (before && before.read.end < operation.start && writtenUntil < before.writer.start) {
        const cause = writer ? [writer] : [];
        return back(before.read, operation, [...cause, before.writer]);
      }
      if (writer && (before?.writer.start ?? -1) < writer.start)
        newest.set(operation, { read: operation, writer });
      return undefined;
    },
  };
}

function setRule(history: History): Sweep {
  const sets = new SetElements(history);
  const last = perReader<Operation>(history);
  return {
    unmet: () => sets.unmet(),
    begin: (operation) => isOfSet(operation) && sets.begin(operation),
    end(operation) {
      if (!isOfSet(operation)) return undefined;
      if (operation.invoke.does !== 'list') {
        sets.end(operation);
        return undefined;
      }
      const before = last.get(operation);
      last.set(operation, operation);
      if (!before || before.end > operation.start || sets.ambiguous.has(operation.key)) return undefined;
      const now = new Set(elementsOf(operation.completion?.value).map(valueId));
      for (const value of elementsOf(before.completion?.value)) {
        if (now.has(valueId(value))) continue;
        const element = sets.find(operation.key, valueId(value));
        // Elements that were there before the history began are nobody's to judge.
        if (!element || element.mayBeGoneFrom < operation.end) continue;
        const { reason } = back(before, operation, []);
        return { reason: `${reason}: ${shown(value)} is gone`, operations: [element.add, before, operation] };
      }
      return undefined;
    },
  };
}

function counterRule(history: History): Sweep {
  const last = perReader<Operation>(history);
  const unmet = growingCounters(history);
  if (unmet !== undefined) return { unmet: () => unmet };
  return {
    end(operation) {
      if (operation.invoke.does !== 'count') return undefined;
      const before = last.get(operation);
      last.set(operation, operation);
      if (!before || before.end > operation.start) return undefined;
      const went = Number(operation.completion?.value) < Number(before.completion?.value);
      return went ? back(before, operation, []) : undefined;
    },
  };
}

const back = (before: Operation, after: Operation, writes: readonly Operation[]): Violation => ({
  reason: `client ${after.invoke.client} saw ${shownResult(before)} by ${named(before)}, then ${shownResult(after)} by ${named(after)}`,
  operations: [...writes, before, after],
});

function shownResult({ completion }: Operation): string {
  const value = completion?.value;
  return Array.isArray(value) ? `${value.length} elements` : shown(value);
}
