import { effectsOf } from '../effects/effects.ts';
import { isLook } from '../effects/settled.ts';
import { invalid, named, notFound, undecided } from '../outcome.ts';
import type { Operation } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { modelOf } from './model-of.ts';
import { type SearchResult, search } from './search.ts';
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
      const effects = effectsOf(history);
      let counted = 0;
      let open = 0;
      for (const [key, operations] of effects.keys.entries()) {
        const object = { kind: effects.kinds[key], count: effects.counts.get(key) };
        const model = operations.some(isObservation) ? modelOf(object, operations) : undefined;
        if (!model) continue;
        counted += operations.filter(({ start }) => start >= 0).length;
        const result = search(model, operations, steps);
        if (result.verdict === 'unknown') open += 1;
        if (result.verdict !== 'invalid') continue;
        const shrunk = witness((left) => modelOf(object, left), operations, result.stuck);
        return invalid('linearizable', { reason: reasonOf(result), operations: shrunk }, counted);
      }
      if (open > 0)
        return undecided('linearizable', counted, `${open} key(s) not decided within ${steps} steps`);
      const nothing = 'nobody read, listed or counted a register, set or counter';
      return notFound('linearizable', counted, effects.unmet, nothing);
    },
  };
}

/** Tells something of the state; where nothing does, every order is as good. */
const isObservation = (operation: Operation): boolean =>
  isLook(operation) || (operation.invoke.does === 'cas' && operation.outcome === 'ok');

function reasonOf({ prefix, stuck }: Extract<SearchResult, { verdict: 'invalid' }>): string {
  const seen = prefix.filter(({ start }) => start >= 0);
  const last = seen.at(-1);
  const after = last ? `${seen.length} operations up to ${named(last)} have an order, then ` : '';
  return `${after}${named(stuck)} with ${shown(stuck.completion?.value ?? stuck.invoke.value)} cannot be placed`;
}
