import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '../history/events.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { planVersion } from '../plan/plan.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import { skip } from '../suite/skip.ts';
import { service } from '../suite/stack.ts';
import { workloadOf } from '../workloads/catalogue.ts';
import { Connections } from './connections.ts';
import { openLabStack } from './lab-stack.ts';
import { runPlan, unsupportedFaults } from './run-plan.ts';

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
  const workload = await workloadOf(name);
  service(workload.service);
  const plan: Plan = {
    version: planVersion,
    workload: name,
    seed: 0,
    clients: 2,
    phases: phases.map((steps) => ({ steps })),
  };
  const record = JSON.parse(readFileSync(process.env.GAUNTLET_STACK ?? '', 'utf8')) as StackRecord;
  const stack = await openLabStack(record);
  const connections = new Connections(stack);
  try {
    const [why] = unsupportedFaults(plan, stack);
    if (why !== undefined) skip(why);
    const lab = { stack, workload, connections, operationTimeoutMs: 20_000 };
    const { history, vacuous, judgement } = await runPlan(lab, plan);
    return { events: history.events, vacuous, verdict: judgement.verdict };
  } finally {
    connections.reset();
    await stack.close();
  }
}
