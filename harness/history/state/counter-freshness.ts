import type { Effects } from '../effects/effects.ts';
import { amountOf } from '../effects/object-kind.ts';
import type { Sweep } from '../effects/sweep.ts';
import { named, type Violation } from '../outcome.ts';
import type { Operation } from '../timeline.ts';

/** The least that a counter can have begun at, from what was counted so far. */
export class LeastBeginning {
  readonly #least: number[];
  readonly #begun: number[];
  readonly #counts: Effects['counts'];

  constructor({ keys, counts }: Effects) {
    this.#least = keys.map(() => 0);
    this.#begun = keys.map(() => 0);
    this.#counts = counts;
  }

  /** Where the header says nothing: 0, or what a count was above all increments begun so far. */
  of(key: number): number {
    return this.#counts.get(key) ?? this.#least[key] ?? 0;
  }

  begin(increment: Operation): void {
    this.#begun[increment.key] = (this.#begun[increment.key] ?? 0) + amountOf(increment);
  }

  end({ key, completion }: Operation): void {
    const seen = completion?.value;
    if (typeof seen !== 'number') return;
    // Below 0 it counts no things: it may have begun anywhere.
    const least = seen < 0 ? Number.NEGATIVE_INFINITY : seen - (this.#begun[key] ?? 0);
    this.#least[key] = seen < 0 ? least : Math.max(this.#least[key] ?? 0, least);
  }
}

interface Known {
  readonly sum: number;
  readonly last: Operation;
}

/**
 * A count must be at least what the counter began at, and the sum of the increments that were acknowledged before it began.
 * @param own only those of the counting client
 */
export function counterFreshness(effects: Effects, own: boolean): Sweep {
  const { keys, at } = effects;
  const scope = ({ key, invoke }: Operation) => (own ? key + invoke.client * keys.length : key);
  const shrunk = shrunkCounters(effects);
  const beginning = new LeastBeginning(effects);
  const acknowledged = new Map<number, Known>();
  const atStart: (Known | undefined)[] = new Array(at.length);
  let judged = 0;
  return {
    judged: () => judged,
    unmet: () => unmetBy(shrunk),
    begin(operation) {
      if (operation.invoke.does === 'increment') beginning.begin(operation);
      if (operation.invoke.does !== 'count' || shrunk.has(operation.key)) return;
      const known = acknowledged.get(scope(operation));
      if (known) atStart[operation.start] = { ...known, sum: known.sum + beginning.of(operation.key) };
    },
    end(operation) {
      if (operation.invoke.does === 'count') {
        beginning.end(operation);
        const known = atStart[operation.start];
        if (known && typeof operation.completion?.value === 'number') judged += 1;
        return judge(operation, known, effects.stated.has(operation.key));
      }
      if (operation.invoke.does !== 'increment') return undefined;
      const sum = (acknowledged.get(scope(operation))?.sum ?? 0) + amountOf(operation);
      acknowledged.set(scope(operation), { sum, last: operation });
      return undefined;
    },
  };
}

function judge(count: Operation, known: Known | undefined, isStated: boolean): Violation | undefined {
  const seen = count.completion?.value;
  if (!known || typeof seen !== 'number' || seen >= known.sum || (seen < 0 && !isStated)) return undefined;
  const { sum, last } = known;
  return {
    reason: `${named(count)} gave ${seen}, it was at least ${sum} when ${named(last)} was acknowledged`,
    operations: [last, count],
  };
}

const shrinking = new WeakMap<Effects, ReadonlyMap<number, string>>();

/** Counters that were made smaller, by key number: of them nothing can be said. */
export function shrunkCounters(effects: Effects): ReadonlyMap<number, string> {
  const known = shrinking.get(effects);
  if (known) return known;
  const shrunk = new Map<number, string>();
  for (const operation of effects.operations) {
    const { invoke, key, outcome } = operation;
    if (effects.kinds[key] !== 'counter' || outcome === 'fail') continue;
    if (invoke.does === 'delete' || (invoke.does === 'increment' && amountOf(operation) < 0))
      shrunk.set(key, invoke.key);
  }
  shrinking.set(effects, shrunk);
  return shrunk;
}

/** The need of checkers of counters, in words for a verdict; undefined when it is met. */
export function unmetBy(shrunk: ReadonlyMap<number, string>): string | undefined {
  const [name] = shrunk.values();
  return name === undefined ? undefined : `the counter "${name}" was made smaller`;
}
