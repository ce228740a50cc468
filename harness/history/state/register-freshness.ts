import type { Effects } from '../effects/effects.ts';
import { isRead, isWrite } from '../effects/object-kind.ts';
import type { Sweep } from '../effects/sweep.ts';
import { WrittenValues } from '../effects/written-values.ts';
import { named, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { shown, valueId } from '../value.ts';

/**
 * A read must not return a value that had been overwritten before the read began: every write of it ended before another
 * write began that was acknowledged before the read began. Writes that overlap, and unknown ones, excuse it.
 * @param own count only the acknowledged writes of the reading client
 */
export function registerFreshness({ keys, at }: Effects, own: boolean): Sweep {
  const scope = ({ key, invoke }: Operation) => (own ? key + invoke.client * keys.length : key);
  const written = new WrittenValues();
  /** The acknowledged write that began last, so far; and as each read found it. */
  const latest = new Map<number, Operation>();
  const latestAtStart: (Operation | undefined)[] = new Array(at.length);
  let judged = 0;

  function judge(read: Operation): Violation | undefined {
    const acknowledged = latestAtStart[read.start];
    if (!acknowledged) return undefined;
    judged += 1;
    const writer = written.last(read.key, valueId(read.completion?.value));
    if (writer && writer.end >= acknowledged.start) return undefined;
    return {
      reason: `${named(read)} gave ${shown(read.completion?.value)} after ${named(acknowledged)} was acknowledged`,
      operations: [...(writer ? [writer] : []), acknowledged, read],
    };
  }

  return {
    judged: () => judged,
    begin(operation) {
      if (isRead(operation)) latestAtStart[operation.start] = latest.get(scope(operation));
      else written.begin(operation);
    },
    end(operation) {
      if (isRead(operation)) return judge(operation);
      // What the header states was written by nobody: what is stale is judged by writes.
      if (!isWrite(operation) || operation.start < 0) return undefined;
      const place = scope(operation);
      if ((latest.get(place)?.start ?? -1) < operation.start) latest.set(place, operation);
      return undefined;
    },
  };
}
