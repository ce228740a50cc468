import type { HistoryEvent } from '../history/events.ts';
import { type Plan, planVersion, type Step } from '../plan/plan.ts';
import { skip } from '../suite/skip.ts';
import { runPlan, unsupportedFaults } from './running/run-plan.ts';
import { withSuiteLab } from './suite-lab.ts';

export interface SuiteRun {
  readonly events: readonly HistoryEvent[];
  /** Why planned faults did not fire; empty when all did. */
  readonly vacuous: readonly string[];
  readonly verdict: string;
}

/**
 * Runs phases of steps, one after the other, on the stack of the suites. Skips the test when this stack cannot have one of its faults.
 */
export async function runStepsInSuite(
  name: string,
  ...phases: readonly (readonly Step[])[]
): Promise<SuiteRun> {
  const plan: Plan = {
    version: planVersion,
    workload: name,
    seed: 0,
    clients: 2,
    phases: phases.map((steps) => ({ steps })),
  };
  return withSuiteLab(name, 20_000, async (lab) => {
    const [why] = unsupportedFaults(plan, lab.stack);
    if (why !== undefined) skip(why);
    const { history, vacuous, judgement } = await runPlan(lab, plan);
    return { events: history.events, vacuous, verdict: judgement.verdict };
  });
}
