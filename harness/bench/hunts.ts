import { Connections } from '../lab/connections.ts';
import { hunt } from '../lab/hunt.ts';
import { openLabStack } from '../lab/lab-stack.ts';
import { verdictText } from '../lab/print-finding.ts';
import { workloadOf } from '../workloads/catalogue.ts';
import { onBenchStack } from './bench-stack.ts';

const correct = ['memory', 'memory-limit', 'gateway', 'gateway-arena', 'litellm', 'open-webui'] as const;
const huntsEach = 20;
const plansPerHunt = 8;

/** Hunts on subjects that are correct: each finding is a false alarm, or a bug that nobody knows of. */
export async function benchHunts(firstSeed = 1): Promise<void> {
  console.log(`hunts on correct subjects, ${plansPerHunt} plans each, seeds from ${firstSeed}`);
  let hunts = 0;
  let alarms = 0;
  await onBenchStack({ profiles: 'core,litellm,open-webui' }, async (record) => {
    for (const name of correct) {
      const workload = await workloadOf(name);
      const stack = await openLabStack(record);
      const connections = new Connections(stack);
      const lab = { stack, workload, connections, operationTimeoutMs: 10_000 };
      const sum = { plans: 0, operations: 0, unknown: 0, vacuous: 0, seconds: 0, alarms: 0 };
      for (let seed = firstSeed; seed < firstSeed + huntsEach; seed += 1) {
        const bounds = { runs: plansPerHunt, timeMs: Number.POSITIVE_INFINITY };
        const result = await hunt(lab, { seed, ...bounds, signal: new AbortController().signal });
        hunts += 1;
        sum.plans += result.plans;
        sum.operations += result.operations;
        sum.unknown += result.unknownVerdicts;
        sum.vacuous += result.vacuous;
        sum.seconds += result.seconds;
        if (!result.finding) continue;
        sum.alarms += 1;
        console.log(`seed ${seed} path ${result.finding.path}\n${verdictText(name, result.finding.outcome)}`);
      }
      connections.reset();
      await stack.close();
      alarms += sum.alarms;
      console.log(
        `  ${name.padEnd(13)} ${huntsEach} hunts, ${sum.plans} plans, ${sum.operations} operations in ${sum.seconds.toFixed(0)} s` +
          ` · ${sum.alarms} alarms · ${sum.unknown} unknown verdicts · ${sum.vacuous} vacuous runs`,
      );
    }
  });
  console.log(`  ${hunts} hunts, ${alarms} false alarms`);
}
