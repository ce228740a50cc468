import type { History } from '../events.ts';
import { named, type Violation } from '../outcome.ts';
import type { Sweep } from '../sweep.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown, valueId } from '../value.ts';
import { isRead, isWrite, registersOf, uniqueValues, writtenBy } from './register.ts';

interface Nulls {
  open: number;
  lastEnd: number;
}

/**
 * A read must not return a value that had been overwritten before the read began: its write ended before another write
 * began that was acknowledged before the read began. Writes that overlap, and unknown ones, excuse it.
 * @param own count only the acknowledged writes of the reading client
 */
export function registerFreshness(history: History, own: boolean): Sweep {
  const { writerOf, ambiguous } = registersOf(history);
  const { keys, at } = timelineOf(history);
  const scope = (operation: Operation) =>
    own ? operation.key + operation.invoke.client * keys.length : operation.key;
  /** The acknowledged write that began last, so far; and as each read found it. */
  const latest = new Map<number, Operation>();
  const latestAtStart: (Operation | undefined)[] = new Array(at.length);
  const nulls: Nulls[] = keys.map(() => ({ open: 0, lastEnd: -1 }));

  function judge(read: Operation): Violation | undefined {
    const acknowledged = latestAtStart[read.start];
    if (!acknowledged) return undefined;
    const value = valueId(read.completion?.value);
    const writer = value === null ? undefined : writerOf(read.key, value);
    const ofKey = nulls[read.key];
    // A value that nobody wrote was there before, and so was "nothing" unless something was deleted.
    const nullEnd = ofKey && ofKey.open > 0 ? Number.POSITIVE_INFINITY : (ofKey?.lastEnd ?? -1);
    const writtenUntil = writer?.end ?? (value === null ? nullEnd : -1);
    if (writtenUntil >= acknowledged.start) return undefined;
    const before = writer ? [writer] : [];
    return {
      reason: `${named(read)} gave ${shown(read.completion?.value)} after ${named(acknowledged)} was acknowledged`,
      operations: [...before, acknowledged, read],
    };
  }

  return {
    unmet: () => uniqueValues(history),
    begin(operation) {
      if (isRead(operation)) latestAtStart[operation.start] = latest.get(scope(operation));
      else if (isWrite(operation) && writtenBy(operation) === null) {
        const ofKey = nulls[operation.key];
        if (ofKey) ofKey.open += 1;
      }
    },
    end(operation) {
      if (ambiguous.has(operation.key)) return undefined;
      if (isRead(operation)) return judge(operation);
      if (!isWrite(operation)) return undefined;
      const ofKey = nulls[operation.key];
      if (ofKey && writtenBy(operation) === null) {
        ofKey.open -= 1;
        ofKey.lastEnd = operation.end;
      }
      const place = scope(operation);
      if ((latest.get(place)?.start ?? -1) < operation.start) latest.set(place, operation);
      return undefined;
    },
  };
}
