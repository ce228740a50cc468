import { FaultUnsupported } from '../../faults/applied-fault.ts';
import { timelineOf } from '../../history/timeline.ts';
import { sizeInOperations } from '../../plan/combine-plans.ts';
import { nearbyPlans } from '../../plan/nearby-plans.ts';
import type { Plan } from '../../plan/plan.ts';
import { causalForm } from '../disturbing/causal-form.ts';
import { measureRate, violatesAny } from '../rate.ts';
import type { PlanOutcome } from '../running/run-plan.ts';
import { type ExamineOptions, examine } from './examine.ts';
import { better, type Finding, firmAt, isFirm, isFirmRate, rateRuns } from './finding.ts';
import type { Runner } from './runner.ts';

/** A plan that takes longer, hung operations apart, is no use to whoever has to run it again and again. */
const longestRunMs = 10_000;

export interface SearchOptions extends ExamineOptions {
  /** Plans that ran before the found one since the subject began. */
  readonly preceding: readonly Plan[];
  /** The end of the time for it. */
  readonly isOver: () => boolean;
  /** Tells people what is going on. */
  readonly onNote: (line: string) => void;
}

/**
 * Looks for a plan that shows again what one run has shown: the plan itself, then on a fresh subject, then plans near it on the
 * subject as it is and on a fresh one.
 * @returns the best there was; whether it is firm enough is for the caller to say
 */
export async function makeFirm(runner: Runner, found: PlanOutcome, options: SearchOptions): Promise<Finding> {
  const warm = await examine(runner, found, options);
  if (isFirm(warm) || options.signal.aborted) return warm;
  const { reproduced, of } = warm.rate;
  options.onNote(
    `plan ${warm.path}: ${warm.checkers.join(', ')} came back ${reproduced} of ${of} times; looking for a better plan`,
  );
  let best = await onFresh(runner, warm, found, options);
  if (isFirm(best)) return best;
  const { workload, stack } = runner.lab;
  const causal = causalForm(found);
  const near = nearbyPlans(found.plan, {
    workers: stack.workers[workload.service] ?? 1,
    preceding: options.preceding,
    ...(causal ? { causal } : {}),
  });
  const isSame = violatesAny(warm.checkers);
  const ways = (await canRestart(runner)) ? [runner, runner.with({ fresh: true })] : [runner];
  for (const way of ways) {
    options.onNote(`  trying ${near.length} plans near it${way === runner ? '' : ', on a fresh subject'}`);
    for (const { what, plan } of near) {
      if (options.isOver() || options.signal.aborted) return best;
      const times = sizeInOperations(plan) / Math.max(1, sizeInOperations(found.plan));
      if (times * busyMs(found) > longestRunMs) continue;
      const outcome = await way.run(plan);
      if (!outcome || !isSame(outcome)) continue;
      const rate = await measureRate(way, plan, rateRuns, isSame, {
        signal: options.signal,
        atLeast: firmAt,
      });
      if (rate.reproduced < 2) continue;
      options.onNote(
        `  ${what}${way === runner ? '' : ', on a fresh subject'}: ${rate.reproduced} of ${rate.of} times`,
      );
      const seen = { ...(rate.outcomes.findLast(isSame) ?? outcome), plan };
      const finding = isFirmRate(rate)
        ? await examineOn(way, runner, seen, options)
        : { ...warm, plan, outcome: seen, ...(way === runner ? { rate } : { fresh: rate }) };
      best = better(best, { ...finding, path: warm.path, nearby: what });
      if (isFirm(best)) return best;
    }
  }
  return best;
}

/** How long a run took without the time in which it waited for operations that never were answered. */
export function busyMs({ durationMs, history }: Pick<PlanOutcome, 'durationMs' | 'history'>): number {
  const { timeoutMs = Number.POSITIVE_INFINITY } = history.header;
  let waited = 0;
  let until = Number.NEGATIVE_INFINITY;
  const spans = timelineOf(history).operations.map(({ invoke, completion }) => ({
    from: invoke.at,
    to: completion?.at ?? invoke.at + timeoutMs,
  }));
  for (const { from, to } of spans.filter((span) => span.to - span.from >= timeoutMs)) {
    waited += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return Math.max(0, durationMs - waited);
}

/** Replays a finding on a subject that is restarted before each run, where it can be. */
async function onFresh(
  runner: Runner,
  warm: Finding,
  found: PlanOutcome,
  options: SearchOptions,
): Promise<Finding> {
  if (runner.isFresh || !(await canRestart(runner))) return warm;
  const isSame = violatesAny(warm.checkers);
  const fresh = runner.with({ fresh: true });
  const rate = await measureRate(fresh, warm.plan, rateRuns, isSame, {
    signal: options.signal,
    atLeast: firmAt,
  });
  options.onNote(`  on a fresh subject: ${rate.reproduced} of ${rate.of} times`);
  if (!isFirmRate(rate)) return { ...warm, fresh: rate };
  const seen = { ...(rate.outcomes.findLast(isSame) ?? found), plan: warm.plan };
  return { ...(await examineOn(fresh, runner, seen, options)), path: warm.path };
}

/** Shrinks a finding where it comes back; of one that needs a fresh subject the rate on the warm one is measured too. */
async function examineOn(
  way: Runner,
  runner: Runner,
  found: PlanOutcome,
  options: SearchOptions,
): Promise<Finding> {
  const finding = await examine(way, found, options);
  if (way === runner) return finding;
  const isSame = violatesAny(finding.checkers);
  const warm = await measureRate(runner, finding.plan, rateRuns, isSame, { signal: options.signal });
  return { ...finding, rate: warm, fresh: finding.rate };
}

/** Restarts the subject once, to see whether that can be done. */
async function canRestart({ subject }: Runner): Promise<boolean> {
  try {
    await subject.restart();
    return true;
  } catch (error) {
    if (error instanceof FaultUnsupported) return false;
    throw error;
  }
}
