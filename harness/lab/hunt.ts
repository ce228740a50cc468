import { operationsOf, type Plan } from '../plan/plan.ts';
import { shrink } from '../plan/shrink.ts';
import { nextPlan } from './next-plan.ts';
import { isLoose, pinPlan } from './pin-plan.ts';
import { invalidCheckers, measureRate, type Rate, violatesAny } from './rate.ts';
import { type Lab, type PlanOutcome, runPlan } from './run-plan.ts';

export interface HuntOptions {
  readonly seed: number;
  /** Stop after so many plans, or after so long, whichever comes first. */
  readonly runs: number;
  readonly timeMs: number;
  readonly signal: AbortSignal;
  readonly onPlan?: (outcome: PlanOutcome, path: number) => void;
  readonly onShrink?: (plan: Plan) => void;
}

/** What was tried, and the first finding if there was one. */
export interface HuntResult {
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  readonly plans: number;
  /** To the finding, or in all. */
  readonly seconds: number;
  readonly seed: number;
  readonly unknownVerdicts: number;
  readonly verdicts: number;
  readonly vacuous: number;
  /** Why the last vacuous run was. */
  readonly why?: string;
  readonly operations: number;
  readonly finding?: Finding;
}

export interface Finding {
  readonly path: string;
  /** The last run of the smallest plan that showed it. */
  readonly outcome: PlanOutcome;
  readonly plan: Plan;
  readonly checkers: readonly string[];
  readonly rate: Rate;
  readonly shrinkRuns: number;
}

/** Races do not show every time: a simpler plan is taken when it shows at least as reliably as the one found. */
const runsPerCandidate = 3;
const shrinkBudgetRuns = 80;
const rateRuns = 10;

/** Runs plan after plan of a seed until one is judged invalid; shrinks that one and measures how often it shows. */
export async function hunt(lab: Lab, options: HuntOptions): Promise<HuntResult> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const tally = { plans: 0, unknownVerdicts: 0, verdicts: 0, vacuous: 0, operations: 0 };
  const { seed, runs, timeMs, signal } = options;
  let found: PlanOutcome | undefined;
  let why: string | undefined;
  for (let path = 0; path < runs && seconds() * 1000 < timeMs && !signal.aborted; path += 1) {
    const outcome = await runPlan(lab, nextPlan(lab.workload, lab.stack, seed, path));
    tally.plans += 1;
    tally.verdicts += outcome.judgement.verdicts.length;
    tally.unknownVerdicts += outcome.judgement.unknown;
    tally.vacuous += outcome.vacuous.length > 0 ? 1 : 0;
    why = outcome.vacuous.at(-1) ?? why;
    tally.operations += operationsOf(outcome.plan).length;
    options.onPlan?.(outcome, path);
    if (outcome.judgement.verdict === 'invalid') {
      found = outcome;
      break;
    }
  }
  const tried = { ...tally, seed, seconds: seconds() };
  // A few unknown verdicts and vacuous runs leave the rest standing; nothing but them is no answer.
  const isAnswer = tally.unknownVerdicts < tally.verdicts && tally.vacuous < tally.plans;
  if (!found) return { verdict: isAnswer ? 'valid' : 'unknown', ...tried, ...(why ? { why } : {}) };
  return { verdict: 'invalid', ...tried, finding: await examine(lab, found, options) };
}

async function lastFailing(
  lab: Lab,
  plan: Plan,
  isSame: (outcome: PlanOutcome) => boolean,
): Promise<PlanOutcome | undefined> {
  const { outcomes } = await measureRate(lab, plan, runsPerCandidate, isSame);
  return outcomes.findLast(isSame);
}

async function examine(lab: Lab, found: PlanOutcome, { onShrink, signal }: HuntOptions): Promise<Finding> {
  const checkers = invalidCheckers(found);
  const isSame = violatesAny(checkers);
  let smallest = found;
  const first = await measureRate(lab, found.plan, runsPerCandidate, isSame, signal);
  const needed = Math.max(1, Math.min(2, first.reproduced));
  const fails = async (candidate: Plan): Promise<boolean> => {
    let failed = 0;
    for (let left = runsPerCandidate; failed + left >= needed && failed < needed; left -= 1) {
      if (signal.aborted) return false;
      const outcome = await runPlan(lab, candidate);
      if (!isSame(outcome)) continue;
      smallest = outcome;
      failed += 1;
    }
    if (failed >= needed) onShrink?.(candidate);
    return failed >= needed;
  };
  const pinned = pinPlan(found.plan, found.history);
  const start = isLoose(found.plan) && (await fails(pinned)) ? pinned : found.plan;
  const { plan: small, runs } = await shrink(start, fails, shrinkBudgetRuns);
  // Shrinking lets go of pins that kept connections made up for; another run would land elsewhere.
  const seen = smallest.plan === small ? smallest : await lastFailing(lab, small, isSame);
  const firm = seen && isLoose(small) ? pinPlan(small, seen.history) : small;
  const plan = firm !== small && (await fails(firm)) ? firm : small;
  const rate = await measureRate(lab, plan, rateRuns, isSame, signal);
  const shown = rate.outcomes.findLast(isSame) ?? smallest;
  return { path: found.plan.path ?? '0', outcome: shown, plan, checkers, rate, shrinkRuns: runs };
}
