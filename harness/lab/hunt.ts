import type { GauntletError } from '../errors.ts';
import type { Verdict } from '../history/verdict.ts';
import { operationsOf, type Plan } from '../plan/plan.ts';
import { mapSteps } from '../plan/tidy.ts';
import { exploreSubject } from './explore-subject.ts';
import { runControls } from './hunting/controls.ts';
import { Covered, type CoveredGround } from './hunting/covered.ts';
import { unexamined } from './hunting/examine.ts';
import { better, type Finding, isFirm, rateRuns } from './hunting/finding.ts';
import { type LeftOut, Offered } from './hunting/offered.ts';
import { coded, type Mishap, Runner } from './hunting/runner.ts';
import { makeFirm } from './hunting/search.ts';
import { type Subject, subjectOf } from './hunting/subject.ts';
import { type NotJudged, Tally } from './hunting/tally.ts';
import { WholeHunt } from './hunting/whole-hunt.ts';
import { plannerOf } from './next-plan.ts';
import { measureRate, violatesAny } from './rate.ts';
import type { Lab, PlanOutcome } from './running/run-plan.ts';

export type { Finding } from './hunting/finding.ts';

export interface HuntOptions {
  readonly seed: number;
  /** Stop after so many plans, or after so long, whichever comes first. */
  readonly runs: number;
  readonly timeMs: number;
  readonly signal: AbortSignal;
  /** Restart the subject between plans, for one whose state cannot be made new per run. */
  readonly fresh?: boolean;
  /** Whether a finding is run again with one thing taken away. Default: yes. */
  readonly controls?: boolean;
  /** Default: what the driver of the lab's stack can do. */
  readonly subject?: Subject;
  readonly onPlan?: (outcome: PlanOutcome, path: number) => void;
  readonly onShrink?: (plan: Plan) => void;
  /** Lines for people while it goes on. */
  readonly onNote?: (line: string) => void;
}

/** What was tried, and the best finding if there was one. */
export interface HuntResult {
  readonly verdict: Verdict['verdict'];
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
  /** In how many runs each checker had something to judge. */
  readonly judged: Readonly<Record<string, number>>;
  readonly notJudged: readonly NotJudged[];
  /** Plans that could not be run to their end. */
  readonly mishaps: readonly Mishap[];
  /** What was really exercised of what there is. */
  readonly covered: CoveredGround;
  /** Operations that the subject does not offer. */
  readonly leftOut: readonly LeftOut[];
  /** What ended the hunt before its time. */
  readonly error?: GauntletError;
  readonly finding?: Finding;
}

/** What is found at the end of the time, or costs time whenever it shows, gets as much again to be made to come back. */
const forFirmness = 2;
/** Plans that never came back are looked at so often; later ones are only counted. */
const maxSearches = 4;

/**
 * Runs plan after plan of a seed until one is judged invalid that comes back when it is run again, shrinks it, and runs its
 * controls. One that does not come back is noted, and the hunt goes on for a better one to the end of its time.
 */
export async function hunt(lab: Lab, options: HuntOptions): Promise<HuntResult> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const { seed, runs, timeMs, signal, fresh = false, onNote = () => undefined } = options;
  const isPast = (ms: number) => signal.aborted || seconds() * 1000 >= ms;
  const isOver = () => isPast(timeMs);
  const subject = options.subject ?? subjectOf(lab);
  const runner = new Runner(lab, {
    subject,
    fresh,
    onMishap: ({ code, message }) => onNote(`${code}: ${message}`),
  });
  // What cannot be found out leaves every operation in: the plans show what becomes of them.
  const lacks = await exploreSubject(lab).catch((cause: unknown) => [coded(cause).message]);
  for (const line of lacks) onNote(line);
  const planner = plannerOf(lab.workload, lab.stack, seed);
  const covered = new Covered(planner);
  const offered = new Offered();
  const whole = new WholeHunt(lab.workload.sharedKeys);
  const tally = new Tally();
  const preceding: Plan[] = [];
  let best: Finding | undefined;
  let foundAfter: number | undefined;
  let error: GauntletError | undefined;
  let searches = 0;

  try {
    for (let path = 0; path < runs && !isOver(); path += 1) {
      const plan = without(planner.planAt(path), offered.names);
      if (operationsOf(plan).length === 0) continue;
      const outcome = await runner.run(plan);
      if (!outcome) continue;
      tally.add(outcome);
      covered.add(outcome);
      for (const { operation, why } of offered.add(outcome)) onNote(`${operation} is left out: ${why}`);
      options.onPlan?.(outcome, path);
      if (fresh) whole.restart();
      const found = outcome.judgement.verdict === 'invalid' ? outcome : whole.add(outcome);
      if (!found) {
        preceding.push(plan);
        continue;
      }
      const firstSeconds = seconds();
      const first = unexamined(found);
      const before = best;
      best = better(best, first);
      foundAfter ??= firstSeconds;
      if (searches >= maxSearches) continue;
      searches += 1;
      const finding = await makeFirm(runner, found, {
        ...options,
        preceding,
        isOver: () => isPast(timeMs * forFirmness),
        onNote,
      });
      best = better(before, finding);
      if (best === finding) foundAfter = firstSeconds;
      if (isFirm(best)) break;
      // It has been restarted meanwhile, or has seen so much that what came before is no longer the reason.
      preceding.length = 0;
      whole.restart();
    }
  } catch (cause) {
    error = coded(cause);
  }
  const { verdict, operations, verdicts, unknownVerdicts, vacuous, why, judged, notJudged } = tally;
  const tried = {
    plans: tally.runs,
    seconds: foundAfter ?? seconds(),
    seed,
    operations,
    verdicts,
    unknownVerdicts,
    vacuous,
    judged,
    notJudged,
    ...(why === undefined ? {} : { why }),
  };
  const end = () => ({
    mishaps: runner.mishaps,
    covered: covered.ground(offered.names),
    leftOut: offered.leftOut,
    ...(error ? { error } : {}),
  });
  if (!best) return { verdict: error && verdict === 'valid' ? 'unknown' : verdict, ...tried, ...end() };
  const finding =
    error || signal.aborted ? best : await measured(runner, best, signal, options.controls !== false);
  return { verdict: 'invalid', ...tried, finding, ...end() };
}

/** The finding with its rate of ten runs and its controls. Taking something away from what never comes back says nothing. */
async function measured(
  runner: Runner,
  found: Finding,
  signal: AbortSignal,
  wantsControls: boolean,
): Promise<Finding> {
  try {
    const { plan, checkers } = found;
    const rate =
      found.rate.of < rateRuns && !isFirm(found)
        ? await measureRate(runner, plan, rateRuns, violatesAny(checkers), { signal })
        : found.rate;
    const finding = { ...found, rate };
    const comesBack = rate.reproduced > 0 || (found.fresh?.reproduced ?? 0) > 0;
    if (!wantsControls || !comesBack) return finding;
    return { ...finding, controls: await runControls(runner, finding, signal) };
  } catch {
    // The runs that could not be brought to their end have been noted; what was found stays found.
    return found;
  }
}

/** The plan without operations that the subject does not offer. */
const without = (plan: Plan, names: ReadonlySet<string>): Plan =>
  names.size === 0
    ? plan
    : mapSteps(plan, (step) => (step.kind === 'operation' && names.has(step.name) ? undefined : step));
