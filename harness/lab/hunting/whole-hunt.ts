import { createHash } from 'node:crypto';
import { checkHistory } from '../../history/checkers.ts';
import type { HistoryEvent } from '../../history/events.ts';
import { stepOf } from '../../history/step-of.ts';
import { combine } from '../../history/verdict.ts';
import { oneAfterTheOther } from '../../plan/combine-plans.ts';
import type { Plan } from '../../plan/plan.ts';
import { serializePlan } from '../../plan/serialize-plan.ts';
import { mapSteps } from '../../plan/tidy.ts';
import type { PlanOutcome } from '../running/run-plan.ts';

/**
 * Checkers whose rule spans runs, for objects that several runs share: what a limit admits, what a counter counts, and what
 * happens once at most does not begin anew with a plan.
 */
const wholeHunt: ReadonlySet<string> = new Set([
  'limit',
  'duplicate-effect',
  'lost-update',
  'exactly-once',
  'usage-sums',
]);

/** It is judged again when there is so much more of it: a hunt must not end up judging its past all the time. */
const growth = 1.3;
const maxEvents = 20_000;

/** The history of a hunt since its subject began, on the objects that its runs share. */
export class WholeHunt {
  readonly #keys: ReadonlySet<string>;
  #runs: { readonly outcome: PlanOutcome; readonly events: readonly HistoryEvent[] }[] = [];
  #size = 0;
  #judgedAt = 0;

  constructor(sharedKeys: readonly string[] = []) {
    this.#keys = new Set(sharedKeys);
  }

  /** The subject has begun anew: what was before does not count any more. */
  restart(): void {
    this.#runs = [];
    this.#size = 0;
    this.#judgedAt = 0;
  }

  /** Takes a run in; gives the whole as one outcome where it is judged invalid. */
  add(outcome: PlanOutcome): PlanOutcome | undefined {
    if (this.#keys.size === 0 || this.#size > maxEvents) return undefined;
    const events = onKeys(outcome.history.events, this.#keys);
    if (events.length === 0) return undefined;
    this.#runs.push({ outcome, events });
    this.#size += events.length;
    return this.#size >= this.#judgedAt * growth ? this.judge() : undefined;
  }

  /** Judges what there is; undefined unless it is invalid. */
  judge(): PlanOutcome | undefined {
    const [first] = this.#runs;
    const last = this.#runs.at(-1);
    if (!first || !last || this.#runs.length < 2 || this.#size === this.#judgedAt) return undefined;
    this.#judgedAt = this.#size;
    const { header } = first.outcome.history;
    const checks = header.checks.filter(({ checker }) => wholeHunt.has(checker));
    const { faults: _, ...about } = header;
    const events = this.#runs.flatMap((run) => run.events);
    const journal = this.#runs.flatMap(({ outcome }) => outcome.journal ?? []);
    const judgement = combine(checkHistory({ header: { ...about, checks }, events }, journal).verdicts);
    if (judgement.verdict !== 'invalid') return undefined;
    const plan = this.#planOf(judgement.verdicts.flatMap(({ counterexample = [] }) => counterexample));
    const planHash = createHash('sha256').update(serializePlan(plan)).digest('hex');
    return {
      ...last.outcome,
      plan,
      history: { header: { ...about, planHash, checks }, events },
      journal,
      judgement,
      vacuous: [],
    };
  }

  /** The runs that the operations are of, as one plan of nothing but them and what runs beside them. */
  #planOf(operations: readonly string[]): Plan {
    const wanted = new Set(operations);
    const plans = this.#runs.flatMap(({ outcome, events }) => {
      const steps = new Set(
        events.flatMap((event) => ('op' in event && wanted.has(event.op) ? [stepOf(event.op)] : [])),
      );
      return steps.size === 0
        ? []
        : [mapSteps(outcome.plan, (step) => (steps.has(step.id) ? step : undefined))];
    });
    return oneAfterTheOther(plans.length > 0 ? plans : this.#runs.map(({ outcome }) => outcome.plan));
  }
}

/** Operations on the keys, with their ends. */
function onKeys(events: readonly HistoryEvent[], keys: ReadonlySet<string>): readonly HistoryEvent[] {
  const own = new Set(
    events.flatMap((event) => (event.type === 'invoke' && keys.has(event.key) ? [event.op] : [])),
  );
  return events.filter((event) => event.type !== 'fault' && own.has(event.op));
}
