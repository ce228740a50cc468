import { Connections } from '../lab/connections.ts';
import { openLabStack } from '../lab/lab-stack.ts';
import { runPlan } from '../lab/run-plan.ts';
import { operationsOf } from '../plan/plan.ts';
import { planOf } from '../plan/plan-arbitrary.ts';
import { memory } from '../workloads/memory.ts';
import { onBenchStack } from './bench-stack.ts';
import { median, spread } from './statistics.ts';

const rounds = 5;
const plansPerRound = 20;
const operationsPerPlan = 10;

/** Plans of the memory workload run and judged, without faults: how many of ten operations in a second. */
export async function benchPlans(): Promise<void> {
  await onBenchStack({ profiles: 'core' }, async (record) => {
    const stack = await openLabStack(record);
    const connections = new Connections(stack);
    const lab = { stack, workload: memory, connections, operationTimeoutMs: 10_000 };
    const { faults: _, ...shape } = memory.shape(stack);
    const rates: number[] = [];
    let path = 0;
    for (let round = 0; round <= rounds; round += 1) {
      const startedAt = performance.now();
      let operations = 0;
      for (let plan = 0; plan < plansPerRound; plan += 1, path += 1) {
        const next = planOf(shape, 1, String(path));
        operations += operationsOf(next).length;
        await runPlan(lab, next);
      }
      const seconds = (performance.now() - startedAt) / 1000;
      // The first round warms up.
      if (round > 0) rates.push(operations / operationsPerPlan / seconds);
    }
    connections.reset();
    await stack.close();
    console.log(`plans of ${operationsPerPlan} operations on the memory workload, ${rounds} rounds`);
    console.log(`  ${median(rates).toFixed(1)} plans/s (${spread(rates, 1)})`);
  });
}
