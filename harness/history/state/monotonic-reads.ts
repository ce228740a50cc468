import { type Effects, effectsOf } from '../effects/effects.ts';
import { isRead } from '../effects/object-kind.ts';
import { back, perReader } from '../effects/reader.ts';
import { judgeBySweep, type Sweep } from '../effects/sweep.ts';
import { WrittenValues } from '../effects/written-values.ts';
import type { Operation } from '../timeline.ts';
import { valueId } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { shrunkCounters, unmetBy } from './counter-freshness.ts';
import { monotonicLists } from './monotonic-lists.ts';

/** A client's reads never go back: session guarantee of Terry et al. (PDIS 1994). */
export const monotonicReads: Checker = {
  name: 'monotonic-reads',
  rule: 'What a client has read it never finds undone by a later read, whichever worker answers.',
  needs: [
    'a client reads one thing after the other',
    'values are written once and were not there before, elements too',
    'counters only grow',
  ],
  check(history) {
    const effects = effectsOf(history);
    const rules = {
      register: registerRule(effects),
      set: monotonicLists(effects),
      sequence: monotonicLists(effects),
      counter: counterRule(effects),
    };
    return judgeBySweep('monotonic-reads', effects, rules, 'no client read one thing twice');
  },
};

/** A later read must not give a value of which every write had ended before that of the value read before began. */
function registerRule(effects: Effects): Sweep {
  const written = new WrittenValues();
  /** The read of a client that saw the write which began last. */
  const newest = perReader<{ read: Operation; writer: Operation }>(effects);
  let judged = 0;
  return {
    judged: () => judged,
    begin: (operation) => written.begin(operation),
    end(operation) {
      if (!isRead(operation)) return undefined;
      const value = valueId(operation.completion?.value);
      const before = newest.get(operation);
      const last = written.last(operation.key, value);
      if (before && before.read.end < operation.start) {
        judged += 1;
        if ((last?.end ?? -1) < before.writer.start)
          return back(before.read, operation, [...(last ? [last] : []), before.writer]);
      }
      written.found(operation.key, value);
      const writer = written.only(operation.key, value, effects.stated.has(operation.key));
      // Begun while the write had not: it may have seen the same value from before.
      if (writer && writer.start < operation.start && (before?.writer.start ?? -1) < writer.start)
        newest.set(operation, { read: operation, writer });
      return undefined;
    },
  };
}

function counterRule(effects: Effects): Sweep {
  const shrunk = shrunkCounters(effects);
  const most = perReader<Operation>(effects);
  let judged = 0;
  return {
    judged: () => judged,
    unmet: () => unmetBy(shrunk),
    end(operation) {
      const seen = operation.completion?.value;
      if (operation.invoke.does !== 'count' || typeof seen !== 'number' || shrunk.has(operation.key))
        return undefined;
      const before = most.get(operation);
      const was = Number(before?.completion?.value ?? Number.NEGATIVE_INFINITY);
      if (was <= seen) most.set(operation, operation);
      if (!before || before.end > operation.start) return undefined;
      judged += 1;
      return seen < was ? back(before, operation, []) : undefined;
    },
  };
}
