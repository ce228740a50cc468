import type { Plan } from './plan.ts';
import { serializePlan } from './serialize-plan.ts';
import { shrinkCandidates } from './shrink-candidates.ts';

export interface Shrunk {
  readonly plan: Plan;
  /** How many plans `fails` was asked about; it may run each several times. */
  readonly asked: number;
  /** The budget ended before every simpler plan had been tried. */
  readonly exhausted: boolean;
}

/**
 * Goes from a failing plan to a simpler one that still fails, again and again, until none does or `fails` has been asked about
 * `budgetPlans` plans. Whatever comes out has failed itself.
 * @param fails runs a plan; says whether it fails in the same way (often enough, where it is a matter of luck)
 */
export async function shrink(
  plan: Plan,
  fails: (candidate: Plan) => Promise<boolean>,
  budgetPlans: number,
): Promise<Shrunk> {
  const tried = new Set([serializePlan(plan)]);
  let smallest = plan;
  let asked = 0;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of shrinkCandidates(smallest)) {
      const text = serializePlan(candidate);
      if (tried.has(text)) continue;
      if (asked >= budgetPlans) return { plan: smallest, asked, exhausted: true };
      tried.add(text);
      asked += 1;
      if (await fails(candidate)) {
        smallest = candidate;
        found = true;
        break;
      }
    }
  }
  return { plan: smallest, asked, exhausted: false };
}
