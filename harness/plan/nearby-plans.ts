import { atOnce, beside, inSequence, oneAfterTheOther, repeated, sizeInOperations } from './combine-plans.ts';
import { repinned } from './pinned.ts';
import { faultsOf, type Plan } from './plan.ts';
import { serializePlan } from './serialize-plan.ts';

/** Longer ones take longer to run than to find something else. */
const maxOperations = 300;
const maxRepeatedFaults = 3;

/** A plan that may show more often what another one showed, and what makes it different. */
export interface NearbyPlan {
  readonly what: string;
  readonly plan: Plan;
}

export interface NearbyOptions {
  /** Workers that operations can be pinned to. */
  readonly workers: number;
  /** Plans that were run before it since the subject began, the last one nearest. */
  readonly preceding?: readonly Plan[];
  /** The same told by what happened instead of when, where that is known. */
  readonly causal?: Plan;
}

/**
 * Plans near one that failed once and did not come back, the likeliest first: its causal form; the same several times, since what
 * counts or fills up shows when there is enough of it; all on one worker, and with workers swapped; slower and
 * faster in its order; after the plans that had run before it, which is all that a fresh subject lacks.
 */
export function nearbyPlans(plan: Plan, options: NearbyOptions): readonly NearbyPlan[] {
  const { workers, preceding = [], causal } = options;
  const size = Math.max(1, sizeInOperations(plan));
  const mayRepeat = (times: number) =>
    size * times <= maxOperations && faultsOf(plan).length * times <= maxRepeatedFaults;
  const several = [2, 4, 12, 30].filter(mayRepeat);
  const numbers = Array.from({ length: workers > 1 ? workers : 0 }, (_, index) => index + 1);
  const swapped = (worker: number | undefined) => (worker === undefined ? worker : (worker % workers) + 1);
  const candidates: readonly NearbyPlan[] = [
    ...(causal ? [{ what: 'told by its cause', plan: causal }] : []),
    ...several.map((times) => ({ what: `${times} times`, plan: repeated(plan, times) })),
    ...numbers.map((worker) => ({ what: `all on w${worker}`, plan: repinned(plan, () => worker) })),
    ...several.flatMap((times) =>
      numbers.map((worker) => ({
        what: `${times} times on w${worker}`,
        plan: repinned(repeated(plan, times), () => worker),
      })),
    ),
    ...(workers > 1
      ? [{ what: 'with workers swapped', plan: repinned(plan, ({ worker }) => swapped(worker)) }]
      : []),
    { what: 'one thing after the other', plan: inSequence(plan) },
    { what: 'all at once', plan: atOnce(plan) },
    ...(size * 3 <= maxOperations ? [{ what: 'three times at once', plan: beside(plan, 3) }] : []),
    ...afterOthers(plan, preceding),
  ];
  const seen = new Set([serializePlan(plan)]);
  return candidates.filter((candidate) => {
    const text = serializePlan(candidate.plan);
    return !seen.has(text) && seen.add(text);
  });
}

function afterOthers(plan: Plan, preceding: readonly Plan[]): readonly NearbyPlan[] {
  let left = maxOperations - sizeInOperations(plan);
  const before: Plan[] = [];
  for (const other of preceding.toReversed()) {
    left -= sizeInOperations(other);
    if (left < 0 || faultsOf(other).length > 0) break;
    before.unshift(other);
  }
  if (before.length === 0) return [];
  return [{ what: `after the ${before.length} plans before it`, plan: oneAfterTheOther([...before, plan]) }];
}
