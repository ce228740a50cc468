import { type HuntOptions, type HuntResult, hunt } from './hunt.ts';
import { verdictText } from './print-finding.ts';
import { withSuiteLab } from './suite-lab.ts';

const fixedSeed = 4;
const plansPerHunt = 12;
/** Each fault takes its time: a busy machine gets through fewer plans in it. */
const huntMs = 60_000;

/** What a test of one hunt may take: the last plan may have begun just before the end, and a finding is looked at. */
export const suiteHuntMs = 3 * huntMs;

/** A workload with what its service promises. */
export interface HuntCase {
  readonly workload: string;
  readonly promise: string;
  readonly seed: number;
}

/** The hunts for promises by workload. The nightly run tries a seed that nobody has tried before, `freshSeed`, as well. */
export function huntCases(
  promises: Readonly<Record<string, string>>,
  freshSeed: number,
): readonly HuntCase[] {
  const seeds = process.env.GAUNTLET_FRESH_SEED === '1' ? [fixedSeed, freshSeed] : [fixedSeed];
  return seeds.flatMap((seed) =>
    Object.entries(promises).map(([workload, promise]) => ({ workload, promise, seed })),
  );
}

export interface SuiteHunt {
  /** `nothing found`, what was found and the plan that shows it, or that too little was judged to say either. */
  readonly report: string;
  /** 0 to 1. */
  readonly unknownRate: number;
  readonly plans: number;
  /** Plans that proved less than they were meant to. */
  readonly vacuous: number;
}

/**
 * Hunts on the stack of the suites: for what breaks a promise, and for why nothing found would mean little. A file whose
 * plans stop or kill workers says whose it needs alone: `@alone`, or `@alone PART`.
 *
 * @returns nothing when the promise has held
 */
export async function huntInSuite({ workload, seed }: HuntCase): Promise<readonly string[]> {
  return shortcomings(await seen(workload, { seed, runs: plansPerHunt, timeMs: huntMs }));
}

/** Why a hunt does not show that its promise holds. */
export function shortcomings({ report, plans, unknownRate, vacuous }: SuiteHunt): readonly string[] {
  const found = report === 'nothing found' ? [] : [report];
  if (plans <= plansPerHunt / 4) found.push(`only ${plans} plans were tried`);
  if (!(unknownRate <= 0.01)) found.push(`${Math.round(unknownRate * 100)} % of the verdicts are unknown`);
  // A few plans may have faults that come too late; were all like that, nothing would have been tried.
  if (vacuous >= plans / 2) found.push(`${vacuous} of ${plans} plans proved less than they were meant to`);
  return found;
}

async function seen(
  name: string,
  { seed, runs, timeMs }: Pick<HuntOptions, 'seed' | 'runs' | 'timeMs'>,
): Promise<SuiteHunt> {
  return withSuiteLab(name, 10_000, async (lab) => {
    const { signal } = new AbortController();
    // Controls restart services with one worker, which the suites after this one would feel.
    const bounds = { seed, runs, timeMs, signal, controls: false };
    const result = await hunt(lab, bounds);
    const { plans, unknownVerdicts, verdicts, vacuous } = result;
    if (result.error) throw result.error;
    const notJudged = result.notJudged.map(({ checker, reason }) => `${checker} (${reason})`);
    const unknownRate = verdicts === 0 ? 1 : unknownVerdicts / verdicts;
    return { report: reportOf(name, result, notJudged), unknownRate, plans, vacuous };
  });
}

function reportOf(
  name: string,
  { finding, verdict, seed }: HuntResult,
  notJudged: readonly string[],
): string {
  if (finding) {
    const { outcome, path, plan } = finding;
    return `${verdictText(name, outcome)}\nseed ${seed} path ${path}\n${JSON.stringify(plan)}`;
  }
  if (verdict === 'valid') return 'nothing found';
  return `too little was judged: ${verdict}; ${notJudged.join(', ') || 'most runs were vacuous'}`;
}
