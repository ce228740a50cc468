import { type HuntOptions, type HuntResult, hunt } from './hunt.ts';
import { verdictText } from './print-finding.ts';
import { withSuiteLab } from './suite-lab.ts';

export interface SuiteHunt {
  /** `nothing found`, what was found and the plan that shows it, or that too little was judged to say either. */
  readonly report: string;
  /** Checkers that had nothing to judge in any run, with what they lacked. */
  readonly notJudged: readonly string[];
  /** 0 to 1. */
  readonly unknownRate: number;
  readonly plans: number;
  /** Plans that proved less than they were meant to. */
  readonly vacuous: number;
}

/** A hunt on the stack of the suites, no longer than `timeMs`. The file that calls it says `@alone`: plans stop and kill workers. */
export async function huntInSuite(
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
    return { report: reportOf(name, result, notJudged), notJudged, unknownRate, plans, vacuous };
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
