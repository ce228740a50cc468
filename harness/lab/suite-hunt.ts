import { hunt } from './hunt.ts';
import { verdictText } from './print-finding.ts';
import { withSuiteLab } from './suite-lab.ts';

export interface SuiteHunt {
  /** `nothing found`, or what was found and the plan that shows it. */
  readonly report: string;
  /** 0 to 1. */
  readonly unknownRate: number;
  readonly plans: number;
  /** Plans that proved less than they were meant to. */
  readonly vacuous: number;
}

/** A hunt on the stack of the suites. The file that calls it says `@alone`: plans stop and kill workers. */
export async function huntInSuite(
  name: string,
  { seed, runs }: { readonly seed: number; readonly runs: number },
): Promise<SuiteHunt> {
  return withSuiteLab(name, 10_000, async (lab) => {
    const bounds = { seed, runs, timeMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
    const { finding, plans, unknownVerdicts, verdicts, vacuous } = await hunt(lab, bounds);
    const report = finding
      ? `${verdictText(name, finding.outcome)}\nseed ${seed} path ${finding.path}\n${JSON.stringify(finding.plan)}`
      : 'nothing found';
    return { report, unknownRate: verdicts === 0 ? 1 : unknownVerdicts / verdicts, plans, vacuous };
  });
}
