import type { Json } from './json.ts';
import { operationsOf, type Phase, type Plan, type Step, stepsOf } from './plan.ts';

/** The plan with every id changed, wherever a fault speaks of it too. */
export function renamed(plan: Plan, rename: (id: string) => string): Plan {
  const ids = new Set(stepsOf(plan).map(({ id }) => id));
  // Faults name operations in several places and always in full, so a text that is an id is one.
  const change = (value: Json): Json => {
    if (typeof value === 'string') return ids.has(value) ? rename(value) : value;
    if (Array.isArray(value)) return value.map(change);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, change(field)]));
  };
  const ofStep = (step: Step): Step =>
    step.kind === 'operation'
      ? { ...step, id: rename(step.id) }
      : (change(step as unknown as Json) as unknown as Step);
  return { ...plan, phases: plan.phases.map(({ steps }) => ({ steps: steps.map(ofStep) })) };
}

/** One plan after the other, as one plan; its seed and path are those of the last one. */
export function oneAfterTheOther(plans: readonly Plan[]): Plan {
  const last = plans.at(-1);
  if (!last) throw new RangeError('no plans');
  const phases = plans.flatMap((plan, index) => renamed(plan, (id) => `p${index + 1}${id}`).phases);
  return { ...last, clients: Math.max(...plans.map(({ clients }) => clients)), phases };
}

/** The plan so many times, one after the other; the first time its ids stay. */
export function repeated(plan: Plan, times: number): Plan {
  const again = Array.from({ length: times - 1 }, (_, index) => renamed(plan, (id) => `${id}x${index + 2}`));
  return { ...plan, phases: [plan, ...again].flatMap(({ phases }) => phases) };
}

/** The plan so many times at once: each time with clients of its own. */
export function beside(plan: Plan, times: number): Plan {
  const copies = Array.from({ length: times }, (_, index) =>
    index === 0 ? plan : renamed(plan, (id) => `${id}b${index + 1}`),
  );
  const moved = (step: Step, by: number): Step =>
    step.kind === 'operation' ? { ...step, client: step.client + by * plan.clients } : step;
  const phases = plan.phases.map(
    (_, at): Phase => ({
      steps: copies.flatMap(({ phases: own }, copy) =>
        (own[at]?.steps ?? []).flatMap((step) =>
          // A fault hits once, however many operations stand around it.
          step.kind === 'fault' && copy > 0 ? [] : [moved(step, copy)],
        ),
      ),
    }),
  );
  return { ...plan, clients: plan.clients * times, phases };
}

/** Every operation in a phase of its own, in the order of the plan; faults stay with the one that they speak of, or with the next. */
export function inSequence(plan: Plan): Plan {
  const phases = plan.phases.flatMap(({ steps }): readonly Phase[] => {
    const operations = steps.filter(({ kind }) => kind === 'operation');
    const faults = steps.filter(({ kind }) => kind === 'fault');
    if (operations.length < 2 || faults.length > 0) return [{ steps }];
    return operations.map((step) => ({ steps: [step] }));
  });
  return { ...plan, phases };
}

/** Everything that can go at once in one phase, clients as they are. */
export const atOnce = (plan: Plan): Plan => ({ ...plan, phases: [{ steps: stepsOf(plan) }] });

export const sizeInOperations = (plan: Plan): number => operationsOf(plan).length;
