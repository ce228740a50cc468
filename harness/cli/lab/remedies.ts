import type { Remedy } from '../../lab/bug.ts';
import type { Control } from '../../lab/hunting/finding.ts';
import type { Runner } from '../../lab/hunting/runner.ts';
import { measureRate, type Rate } from '../../lab/rate.ts';
import type { PlanOutcome } from '../../lab/running/run-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Beside, onStackBeside } from './stack-beside.ts';

const rateRuns = 10;

/**
 * Runs a plan with each remedy, on a stack of its own. A run counts where it was judged: one in which nothing worked would show
 * no bug either.
 * @param counts whether an outcome shows the bug
 * @param beside how the stack of the bug itself was started; without it nothing is run
 */
export async function runRemedies(
  runner: Runner,
  remedies: readonly Remedy[],
  { plan, counts }: { readonly plan: Plan; readonly counts: (outcome: PlanOutcome) => boolean },
  beside: Beside | undefined,
): Promise<readonly Control[]> {
  const controls: Control[] = [];
  for (const { name, environment, profiles = [] } of remedies) {
    if (!beside) {
      controls.push({ name, reproduced: 0, of: 0, why: 'a kept stack is as it is' });
      continue;
    }
    const { options, signal } = beside;
    const with2 = { ...options, profiles: [...new Set([...(options.profiles ?? []), ...profiles])] };
    try {
      const rate = await onStackBeside(
        runner.lab,
        { ...beside, options: with2 as typeof options, environment },
        (lab, subject) => measureRate(runner.with({ lab, subject }), plan, rateRuns, counts, { signal }),
      );
      controls.push(remedied(name, rate, counts));
    } catch (error) {
      const why = `it could not be run: ${error instanceof Error ? error.message : String(error)}`;
      controls.push({ name, reproduced: 0, of: 0, why });
    }
  }
  return controls;
}

/** Of the runs that were judged well or showed the bug. */
export function remedied(
  name: string,
  { reproduced, outcomes }: Rate,
  counts: (outcome: PlanOutcome) => boolean,
): Control {
  const of = outcomes.filter((outcome) => counts(outcome) || outcome.judgement.verdict === 'valid').length;
  return { name, reproduced, of, ...(of === 0 ? { why: 'no run of it was judged valid' } : {}) };
}
