import fc from 'fast-check';
import type { OperationStep, Plan, Step } from '../plan.ts';
import type { OperationShape, WorkloadShape } from '../workload-shape.ts';
import { type ChainGround, placeOf, takeChain } from './chain.ts';
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
  /** Plans without faults before each one with some, as long as there are others. Default 2. */
  readonly calmPerFault?: number;
}

/**
 * Plans that between them have every pair and every fault, as few as a greedy cover needs: chains of operations for those that
 * follow each other, crowds for those that are under way together, and for every fault operations of the right kind under it.
 * Faults cost seconds, so only some of the plans have one as long as there are others.
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
    crowdPlans(draft, wanted(['beside']), options.lastReads),
    1,
  );
  const faults = order(options.faults).toSorted((a, b) => rankOf(a, shape) - rankOf(b, shape));
  const disturbed = faultPlans(draft, faults, options.lastReads);
  return alternating(calm, disturbed, options.calmPerFault).map((phases) => draft.plan(phases));
}

/**
 * Which faults come first: those behind the subject, where it must make something of what breaks; then those that hit it, and those
 * further behind; last those between it and its client, of which it sees little.
 */
function rankOf({ aim }: FaultItem, { service }: WorkloadShape): number {
  const { fault } = aim('');
  if (fault.on === 'client') return 0;
  if (fault.on === 'link') return 4;
  if (fault.on !== 'stream') return fault.service === service ? 3 : 4;
  if (fault.link?.startsWith('client>')) return 5;
  return fault.link === undefined || fault.link.startsWith(`${service}>`) ? 1 : 2;
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

/**
 * As many as there are clients, all at once, on one key, through one worker or through several. Who has changed something looks at it
 * while the others are still busy. Through one worker the same operations have the same arguments: they may be taken for each other.
 */
function crowdPlans(
  draft: Draft,
  wanted: Map<string, PairItem>,
  lastReads: ReadonlySet<string>,
): readonly Phases[] {
  const { operations, clients } = draft.shape;
  const reads = operations.filter((operation) => kindOf(operation, lastReads) === 'read');
  const plans: Phases[] = [];
  let phases: Step[][] = [];
  let used = new Set<string>();
  for (let [next] = wanted.values(); next; [next] = wanted.values()) {
    if (next.kind !== 'beside') break;
    const { first, next: second, place } = next;
    const workerAt = (operation: OperationShape, index: number) => {
      const workers = draft.workersFor(operation);
      return workers[place === 'same' ? 0 : index % workers.length];
    };
    const crowd = operations.filter(({ name }) => name === first).slice(0, 1);
    const made = (operation: OperationShape): readonly string[] => {
      const worker = workerAt(operation, crowd.length);
      return crowd.map((other, index) =>
        nameOf({
          kind: 'beside',
          first: other.name,
          next: operation.name,
          place: placeOf({ worker: workerAt(other, index) }, { worker }),
        }),
      );
    };
    const missing = (operation: OperationShape) => made(operation).filter((name) => wanted.has(name)).length;
    const join = (operation: OperationShape) => {
      for (const name of made(operation)) wanted.delete(name);
      crowd.push(operation);
    };
    for (const operation of operations.filter(({ name }) => name === second).slice(0, 1)) join(operation);
    while (crowd.length < Math.min(clients, operationsPerPlan)) {
      const fitting = operations.filter((operation) => crowd.every((other) => meet(other, operation)));
      const [best] = fitting.toSorted((a, b) => missing(b) - missing(a));
      if (!best || missing(best) === 0) break;
      join(best);
    }
    // Items that cannot come about must not be asked for again and again.
    wanted.delete(nameOf(next));
    const changes = crowd.filter((operation) =>
      ['change', 'end'].includes(kindOf(operation, lastReads) ?? ''),
    );
    if (phases.flat().length + crowd.length + changes.length > operationsPerPlan) {
      plans.push(phases);
      phases = [];
      used = new Set();
    }
    const key = draft.keyOf(crowd, used);
    if (key !== undefined) used.add(key);
    const steps = crowd.map((operation, index) =>
      draft.operation({ operation, worker: workerAt(operation, index) }, index + 1, key),
    );
    const look = reads.find(({ keys }) => key !== undefined && keys?.includes(key));
    const looks = crowd.flatMap((operation, index) =>
      look && changes.includes(operation)
        ? [draft.operation({ operation: look, worker: workerAt(look, index) }, index + 1, key)]
        : [],
    );
    phases.push([...(place === 'same' ? alike(steps) : steps), ...looks]);
  }
  return phases.length > 0 ? [...plans, phases] : plans;
}

/** Operations of one name with the arguments of the first of them. */
const alike = (steps: readonly OperationStep[]): readonly OperationStep[] =>
  steps.map((step) => ({ ...step, args: steps.find(({ name }) => name === step.name)?.args ?? step.args }));

/** One of the second list after so many of the first, to the end of both. */
function alternating<T>(first: readonly T[], second: readonly T[], every = 2): readonly T[] {
  const all: T[] = [];
  const [left, right] = [[...first], [...second]];
  while (left.length > 0 || right.length > 0) all.push(...left.splice(0, every), ...right.splice(0, 1));
  return all;
}
