import { idOf, named, notFound, undecided } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker, Verdict } from '../verdict.ts';
import { modelOf } from './model.ts';
import { search } from './search.ts';
import { witness } from './witness.ts';

export interface LinearizableOptions {
  /** How many operations may be tried per key before the verdict is unknown. Default 1 000 000, about a second. */
  readonly steps?: number;
}

/** Every operation takes effect at one moment between its ends: Herlihy and Wing (TOPLAS 1990). */
export function linearizable({ steps = 1_000_000 }: LinearizableOptions = {}): Checker {
  return {
    name: 'linearizable',
    rule: 'The operations of a key have one order that keeps to real time and explains every answer.',
    needs: [
      'keys are registers, sets or counters, and independent',
      'at most 8 clients at once per key; beyond that the search may not end within its steps',
    ],
    check(history) {
      let counted = 0;
      let open = 0;
      for (const operations of timelineOf(history).keys) {
        const model = modelOf(operations);
        if (!model) continue;
        counted += operations.length;
        const result = search(model, operations, steps);
        if (result.verdict === 'unknown') open += 1;
        if (result.verdict === 'invalid') return explain(operations, result.prefix, result.stuck, counted);
      }
      if (open > 0)
        return undecided('linearizable', counted, `${open} key(s) not decided within ${steps} steps`);
      return notFound('linearizable', counted);
    },
  };
}

function explain(
  operations: readonly Operation[],
  prefix: readonly Operation[],
  stuck: Operation,
  counted: number,
): Verdict {
  const shrunk = witness(operations, stuck);
  const last = prefix.at(-1);
  const after = last ? `${prefix.length} operations up to ${named(last)} have an order, then ` : '';
  return {
    checker: 'linearizable',
    verdict: 'invalid',
    reason: `${after}${named(stuck)} with ${shown(stuck.completion?.value ?? stuck.invoke.value)} cannot be placed`,
    counterexample: shrunk.map(idOf),
    counted,
  };
}
