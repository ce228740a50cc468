import type { Json, JsonRecord } from './json.ts';
import { faultsOf, operationsOf, type Plan, type Step } from './plan.ts';
import { mapSteps, tidy } from './tidy.ts';

/** From so many phases on, taking them away one by one takes too long. */
const longPlan = 8;

/**
 * Plans that are simpler than this one, the boldest first: a half, three quarters of a long one; without a phase, a fault, a step; with two phases at once; with
 * one client less; without a pin; with simpler arguments. Each is smaller in one of these, so shrinking always ends.
 */
export function* shrinkCandidates(plan: Plan): Iterable<Plan> {
  const { phases } = plan;
  if (phases.length >= longPlan) {
    for (const share of [2, 4]) {
      const size = Math.ceil(phases.length / share);
      for (let from = 0; from < phases.length; from += size) {
        const rest = phases.filter((_, index) => index < from || index >= from + size);
        yield tidy({ ...plan, phases: rest });
      }
    }
  }
  if (phases.length > 1) {
    for (const phase of phases) yield tidy({ ...plan, phases: phases.filter((other) => other !== phase) });
  }
  for (const { id } of faultsOf(plan)) yield without(plan, id);
  const operations = operationsOf(plan);
  if (operations.length > 1) for (const { id } of operations) yield without(plan, id);
  for (let index = 1; index < phases.length; index += 1) {
    const merged = [...(phases[index - 1]?.steps ?? []), ...(phases[index]?.steps ?? [])];
    yield tidy({ ...plan, phases: phases.toSpliced(index - 1, 2, { steps: merged }) });
  }
  for (let client = plan.clients; client > 1; client -= 1) {
    for (let other = 1; other < client; other += 1) yield withClientAs(plan, client, other);
  }
  for (const step of operations) {
    const { worker, ...unpinned } = step;
    if (worker !== undefined) yield mapSteps(plan, (other) => (other === step ? unpinned : other));
  }
  for (const step of operations) {
    for (const args of simplerArgs(
      step.args,
      operations.map(({ args: other }) => other),
    )) {
      yield mapSteps(plan, (other) => (other === step ? { ...step, args } : other));
    }
  }
}

const without = (plan: Plan, id: string) => mapSteps(plan, (step) => (step.id === id ? undefined : step));

function withClientAs(plan: Plan, client: number, other: number): Plan {
  const change = (step: Step): Step =>
    step.kind === 'operation' && step.client === client ? { ...step, client: other } : step;
  return mapSteps(plan, change);
}

/** One argument simpler. A text becomes a smaller one that stands there in another operation: it keeps its meaning. */
function* simplerArgs(args: JsonRecord, others: readonly JsonRecord[]): Iterable<JsonRecord> {
  for (const [name, value] of Object.entries(args)) {
    const seen = new Set(others.map((other) => other[name]).filter((other) => typeof other === 'string'));
    for (const simpler of simplerValues(value, seen)) yield { ...args, [name]: simpler };
  }
}

function* simplerValues(value: Json, seen: ReadonlySet<string>): Iterable<Json> {
  if (typeof value === 'number' && Math.abs(value) >= 1) {
    yield 0;
    yield Math.trunc(value / 2);
  }
  if (value === true) yield false;
  if (typeof value === 'string') yield* [...seen].filter((other) => isSmaller(other, value)).sort();
  if (Array.isArray(value)) for (const index of value.keys()) yield value.toSpliced(index, 1);
}

const isSmaller = (a: string, b: string) => a.length < b.length || (a.length === b.length && a < b);
