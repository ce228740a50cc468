import { type HuntResult, hunt } from '../../lab/hunt.ts';
import { openLabStack } from '../../lab/lab-stack.ts';
import { Connections } from '../../lab/running/connections.ts';
import { stepsOf } from '../../plan/plan.ts';
import type { StackRecord } from '../../stack/run-folder.ts';
import { workloadOf } from '../../workloads/catalogue.ts';
import type { Row } from './row.ts';

const operationTimeoutMs = 10_000;
/** For shrinking and measuring what was found, after the time to find it. */
const examineWithinMs = 180_000;

type Hunted = Pick<
  Row,
  | 'outcome'
  | 'checkers'
  | 'reason'
  | 'seconds'
  | 'plans'
  | 'steps'
  | 'reproduced'
  | 'of'
  | 'fresh'
  | 'controls'
  | 'why'
>;

/** Hunts on the stack as it is now. What ends the hunt with an error is no finding. */
export async function huntSubject(
  record: StackRecord,
  workload: string,
  { seed, timeMs, signal }: { readonly seed: number; readonly timeMs: number; readonly signal: AbortSignal },
): Promise<Hunted> {
  const startedAt = performance.now();
  const stack = await openLabStack(record);
  const connections = new Connections(stack);
  try {
    const lab = { stack, workload: await workloadOf(workload), connections, operationTimeoutMs };
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeMs + examineWithinMs)]);
    const bounds = { seed, runs: Number.POSITIVE_INFINITY, timeMs, signal: bound };
    return huntedOf(await hunt(lab, bounds));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { outcome: 'error', seconds: (performance.now() - startedAt) / 1000, why };
  } finally {
    connections.reset();
    await stack.close();
  }
}

function huntedOf({ verdict, seconds, plans, finding, why, error, mishaps }: HuntResult): Hunted {
  const last = error?.message ?? mishaps.at(-1)?.message ?? why;
  if (!finding) {
    const outcome = error || verdict === 'invalid' ? 'error' : verdict;
    return { outcome, seconds, plans, ...(last ? { why: last } : {}) };
  }
  const { checkers, rate, fresh, plan, outcome, controls } = finding;
  const reason = outcome.judgement.verdicts.find((each) => each.verdict === 'invalid')?.reason;
  return {
    outcome: 'found',
    seconds,
    plans,
    checkers,
    steps: stepsOf(plan).length,
    reproduced: rate.reproduced,
    of: rate.of,
    ...(fresh ? { fresh: { reproduced: fresh.reproduced, of: fresh.of } } : {}),
    ...(reason ? { reason } : {}),
    ...(controls.length > 0 ? { controls } : {}),
  };
}
