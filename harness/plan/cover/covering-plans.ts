import fc from 'fast-check';
import type { Plan, Step } from '../plan.ts';
import type { OperationShape, WorkloadShape } from '../workload-shape.ts';
import { type ChainGround, takeChain } from './chain.ts';
import { Draft, type Phases } from './draft.ts';
import type { FaultItem } from './fault-ground.ts';
import { faultPlans } from './fault-plans.ts';
import { kindOf, meet, nameOf, type PairItem } from './pair-ground.ts';

const operationsPerPlan = 10;
const chainLength = 6;

export interface CoverOptions {
  /** Orders what is covered first, and chooses arguments. */
  readonly seed: number;
  readonly lastReads: ReadonlySet<string>;
  readonly pairs: readonly PairItem[];
  readonly faults: readonly FaultItem[];
}

/**
 * Plans that between them have every pair and every fault, as few as a greedy cover needs: chains of operations for those that
 * follow each other, crowds for those that are under way together, and for every fault operations of the right kind under it.
 * Faults cost seconds, so a third of the plans have some as long as there are others.
 */
export function coveringPlans(shape: WorkloadShape, options: CoverOptions): readonly Plan[] {
  const draft = new Draft(shape, options.seed);
  const order = <T>(items: readonly T[]): readonly T[] =>
    fc.sample(fc.shuffledSubarray([...items], { minLength: items.length }), {
      seed: options.seed,
      numRuns: 1,
    })[0] ?? [];
  const wanted = (kinds: readonly PairItem['kind'][]) =>
    new Map(
      order(options.pairs)
        .filter(({ kind }) => kinds.includes(kind))
        // Two pairs come along with each read around a change.
        .toSorted((a, b) => Number(a.kind !== 'around') - Number(b.kind !== 'around'))
        .map((item) => [nameOf(item), item] as const),
    );
  const calm = alternating(
    chainPlans(draft, wanted(['after', 'around']), options.lastReads),
    crowdPlans(draft, wanted(['beside'])),
  );
  const disturbed = faultPlans(draft, order(options.faults), options.lastReads);
  return alternating(calm, disturbed, 2).map((phases) => draft.plan(phases));
}

function chainPlans(
  draft: Draft,
  wanted: Map<string, PairItem>,
  lastReads: ReadonlySet<string>,
): readonly Phases[] {
  const { shape } = draft;
  const ground: ChainGround = {
    operations: shape.operations,
    kind: (operation) => kindOf(operation, lastReads),
    workersFor: (operation) => draft.workersFor(operation),
  };
  const plans: Phases[] = [];
  while (wanted.size > 0) {
    const phases: Step[][] = [];
    const used = new Set<string>();
    for (let left = operationsPerPlan; left >= 2; ) {
      const chain = takeChain(ground, wanted, Math.min(left, chainLength));
      if (chain.length === 0) break;
      left -= chain.length;
      const key = draft.keyOf(
        chain.map(({ operation }) => operation),
        used,
      );
      if (key !== undefined) used.add(key);
      phases.push(chain.map((link) => draft.operation(link, 1, key)));
    }
    if (phases.length === 0) break;
    plans.push(phases);
  }
  return plans;
}

/** As many as there are clients, all at once, on one key. */
function crowdPlans(draft: Draft, wanted: Map<string, PairItem>): readonly Phases[] {
  const { operations, clients } = draft.shape;
  const plans: Phases[] = [];
  let phases: Step[][] = [];
  let used = new Set<string>();
  for (let [next] = wanted.values(); next; [next] = wanted.values()) {
    if (next.kind !== 'beside') break;
    const { first, next: second } = next;
    const crowd = operations.filter(({ name }) => name === first).slice(0, 1);
    const missing = (name: string) =>
      crowd.filter((other) => wanted.has(nameOf({ kind: 'beside', first: other.name, next: name }))).length;
    const join = (operation: OperationShape) => {
      for (const { name } of crowd) {
        wanted.delete(nameOf({ kind: 'beside', first: name, next: operation.name }));
      }
      crowd.push(operation);
    };
    for (const operation of operations.filter(({ name }) => name === second).slice(0, 1)) join(operation);
    while (crowd.length < Math.min(clients, operationsPerPlan)) {
      const fitting = operations.filter((operation) => crowd.every((other) => meet(other, operation)));
      const [best] = fitting.toSorted((a, b) => missing(b.name) - missing(a.name));
      if (!best || missing(best.name) === 0) break;
      join(best);
    }
    // Items that cannot come about must not be asked for again and again.
    wanted.delete(nameOf(next));
    if (phases.flat().length + crowd.length > operationsPerPlan) {
      plans.push(phases);
      phases = [];
      used = new Set();
    }
    const key = draft.keyOf(crowd, used);
    if (key !== undefined) used.add(key);
    phases.push(
      crowd.map((operation, index) => {
        const workers = draft.workersFor(operation);
        return draft.operation({ operation, worker: workers[index % workers.length] }, index + 1, key);
      }),
    );
  }
  return phases.length > 0 ? [...plans, phases] : plans;
}

/** One of the second list after so many of the first, to the end of both. */
function alternating<T>(first: readonly T[], second: readonly T[], every = 1): readonly T[] {
  const all: T[] = [];
  const [left, right] = [[...first], [...second]];
  while (left.length > 0 || right.length > 0) all.push(...left.splice(0, every), ...right.splice(0, 1));
  return all;
}
