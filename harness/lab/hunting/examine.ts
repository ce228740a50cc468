import type { Plan } from '../../plan/plan.ts';
import { shrink } from '../../plan/shrink.ts';
import { isLoose, pinPlan } from '../pin-plan.ts';
import { invalidCheckers, measureRate, type Rate, violatesAny } from '../rate.ts';
import type { PlanOutcome } from '../running/run-plan.ts';
import { type Finding, firmAt, isFirmRate, rateRuns } from './finding.ts';
import type { Runner } from './runner.ts';

/** Races do not show every time: a simpler plan is taken when it shows at least as reliably as the one found. */
const runsPerCandidate = 3;
const shrinkPlans = 80;
/** A restart costs a second, and plans with faults cost seconds: a smaller plan is not worth any time. */
const shrinkWithinMs = 30_000;

export interface ExamineOptions {
  readonly signal: AbortSignal;
  readonly onShrink?: (plan: Plan) => void;
  /** Violated in the run that is looked for again; default: all that the outcome violates. */
  readonly checkers?: readonly string[];
}

/** A finding that nobody has looked at yet. */
export const unexamined = (found: PlanOutcome): Finding => ({
  path: found.plan.path ?? '0',
  outcome: found,
  plan: found.plan,
  checkers: invalidCheckers(found),
  rate: { reproduced: 0, of: 0, outcomes: [] },
  controls: [],
  shrinkRuns: 0,
});

/**
 * Runs a plan that was judged invalid again. One that comes back is shrunk to the smallest that comes back as reliably, and that
 * one's rate is measured; one that does not stays as it is.
 */
export async function examine(runner: Runner, found: PlanOutcome, options: ExamineOptions): Promise<Finding> {
  const { signal, onShrink, checkers = invalidCheckers(found) } = options;
  const isSame = violatesAny(checkers);
  const rateOf = (plan: Plan, times: number, atLeast = 0) =>
    measureRate(runner, plan, times, isSame, { signal, atLeast });
  const start = await startOf(found, (plan) => rateOf(plan, runsPerCandidate));
  const about = { ...unexamined(found), checkers };
  if (start.rate.reproduced === 0) return { ...about, rate: start.rate };

  let smallest = start.rate.outcomes.findLast(isSame) ?? found;
  let shrinkRuns = 0;
  const needed = start.rate.reproduced;
  const deadline = performance.now() + shrinkWithinMs;
  const fails = async (candidate: Plan): Promise<boolean> => {
    if (performance.now() > deadline || signal.aborted) return false;
    const { reproduced, of, outcomes } = await rateOf(candidate, runsPerCandidate, needed);
    shrinkRuns += of;
    if (reproduced < needed) return false;
    smallest = outcomes.findLast(isSame) ?? smallest;
    onShrink?.(candidate);
    return true;
  };
  const { plan: small } = await shrink(start.plan, fails, shrinkPlans);
  // Shrinking lets go of pins that kept connections made up for; another run would land elsewhere.
  const firm = isLoose(small) ? pinPlan(small, smallest.history) : small;
  const plan = firm !== small && (await fails(firm)) ? firm : small;
  const rate = await rateOf(plan, rateRuns);
  const whole = {
    plan: start.plan,
    rate: isFirmRate(rate) ? rate : await rateOf(start.plan, rateRuns, firmAt),
  };
  // Luck may have helped a small plan along: the larger one is kept where it alone comes back.
  const kept = !isFirmRate(rate) && isFirmRate(whole.rate) ? whole : { plan, rate };
  const outcome = kept.rate.outcomes.findLast(isSame) ?? smallest;
  return { ...about, outcome, ...kept, shrinkRuns };
}

/** The plan that shrinking starts from: with every operation pinned where it was served, if that shows as often. */
async function startOf(
  { plan, history }: PlanOutcome,
  rateOf: (plan: Plan) => Promise<Rate>,
): Promise<{ readonly plan: Plan; readonly rate: Rate }> {
  const pinned = isLoose(plan) ? pinPlan(plan, history) : plan;
  const first = { plan: pinned, rate: await rateOf(pinned) };
  if (first.plan === plan || first.rate.reproduced === runsPerCandidate) return first;
  const loose = { plan, rate: await rateOf(plan) };
  return loose.rate.reproduced > first.rate.reproduced ? loose : first;
}
