import { openLabStack } from '../lab/lab-stack.ts';
import { nextPlan } from '../lab/next-plan.ts';
import { Connections } from '../lab/running/connections.ts';
import { type PlanOutcome, runPlan } from '../lab/running/run-plan.ts';
import type { FaultStep, Plan } from '../plan/plan.ts';
import { operationsOf } from '../plan/plan.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import counter from '../workloads/example/counter.ts';
import { memory } from '../workloads/memory.ts';
import type { Workload } from '../workloads/workload.ts';
import { onBenchStack } from './bench-stack.ts';
import { median, spread } from './statistics.ts';

const rounds = 5;
const plansPerRound = 20;
const operationsPerPlan = 10;

/** Plans run and judged without faults, how many of ten operations in a second; and what a fault costs beyond its time. */
export async function benchPlans(): Promise<void> {
  await onBenchStack({ profiles: ['core'] }, ({ record }) => benchCalm('memory workload', record, memory));
  const command = `${process.execPath} harness/bench/tiny-subject.ts`;
  const environment = { MEMORY_COMMAND: command };
  await onBenchStack({ profiles: ['core'], wire: ['client>memory'], environment }, async ({ record }) => {
    await benchCalm('subject that answers in a millisecond, wire on', record, counter);
    await benchFaults(record, counter);
  });
}

async function onLab(
  record: StackRecord,
  workload: Workload,
  use: (run: (plan: Plan) => Promise<PlanOutcome>, planAt: (path: number) => Plan) => Promise<void>,
): Promise<void> {
  const stack = await openLabStack(record);
  const connections = new Connections(stack);
  const calm = {
    ...workload,
    shape: (of: typeof stack) => ({ ...workload.shape(of), maxFaults: 0 }),
  } as Workload;
  const lab = { stack, workload, connections, operationTimeoutMs: 10_000 };
  await use(
    (plan) => runPlan(lab, plan),
    (path) => nextPlan(calm, stack, 1, path),
  );
  connections.reset();
  await stack.close();
}

async function benchCalm(what: string, record: StackRecord, workload: Workload): Promise<void> {
  await onLab(record, workload, async (run, planAt) => {
    const rates: number[] = [];
    const ownMs: number[] = [];
    let path = 0;
    for (let round = 0; round <= rounds; round += 1) {
      const startedAt = performance.now();
      const before = process.cpuUsage();
      let operations = 0;
      for (let plan = 0; plan < plansPerRound; plan += 1, path += 1) {
        const next = planAt(path);
        operations += operationsOf(next).length;
        await run(next);
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round === 0) continue;
      rates.push(operations / operationsPerPlan / seconds);
      ownMs.push((user + system) / 1000 / (operations / operationsPerPlan));
    }
    console.log(`plans of ${operationsPerPlan} operations on the ${what}, ${rounds} rounds`);
    console.log(`  ${median(rates).toFixed(1)} plans/s (${spread(rates, 1)})`);
    console.log(`  ${median(ownMs).toFixed(1)} ms of our own processor time for each (${spread(ownMs, 1)})`);
  });
}

const faultRounds = 15;
const stopMs = 300;

/** The same reads with and without a fault in between: the difference is what the fault costs. */
async function benchFaults(record: StackRecord, workload: Workload): Promise<void> {
  const look = (id: string, worker: number) =>
    ({ kind: 'operation', id, client: worker, worker, name: 'look', args: { key: 'visits' } }) as const;
  const planOf = (...faults: readonly FaultStep[]): Plan => ({
    version: 1,
    workload: workload.name,
    seed: 1,
    clients: 2,
    phases: [
      { steps: [look('o1', 1), look('o2', 2)] },
      { steps: faults },
      { steps: [look('o3', 1), look('o4', 2)] },
    ],
  });
  const fault = (action: 'stop' | 'kill', revertAfterMs: number): FaultStep => ({
    kind: 'fault',
    id: 'f1',
    fault: { on: 'worker', action, service: workload.service, worker: 1, revertAfterMs },
  });
  await onLab(record, workload, async (run) => {
    const took = async (plan: Plan) => {
      const times: number[] = [];
      for (let round = 0; round < faultRounds; round += 1) times.push((await run(plan)).durationMs);
      return median(times);
    };
    const calm = await took(planOf());
    const stopped = await took(planOf(fault('stop', stopMs)));
    const killed = await took(planOf(fault('kill', stopMs)));
    console.log(`a plan of four reads takes ${calm.toFixed(0)} ms`);
    console.log(`  with a stop of ${stopMs} ms ${(stopped - calm - stopMs).toFixed(0)} ms more than that`);
    console.log(`  with a kill ${(killed - calm).toFixed(0)} ms more, its worker's return included`);
  });
}
