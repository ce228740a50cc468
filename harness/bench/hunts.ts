import { type HuntResult, hunt } from '../lab/hunt.ts';
import { openLabStack } from '../lab/lab-stack.ts';
import { rateText, verdictText } from '../lab/print-finding.ts';
import { Connections } from '../lab/running/connections.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import { workloadOf } from '../workloads/catalogue.ts';
import { interrupted, onBenchStack } from './bench-stack.ts';

const correct = [
  'memory',
  'memory-limit',
  'gateway',
  'gateway-arena',
  'gateway-upstreams',
  'messages',
  'responses',
  'litellm',
  'open-webui',
] as const;
const plansPerHunt = 8;
/** A finding would be looked at for as long as the hunt has time. */
const huntTimeMs = 60_000;

/**
 * Hunts on subjects that are correct: each finding is a false alarm, or a bug that nobody knows of. Every hunt has another seed, so
 * each covers pairs and faults in another order.
 * @param hunts how many in all, shared out among the workloads
 * @param only some of the workloads
 */
export async function benchHunts(
  hunts = 300,
  only: readonly string[] = correct,
  firstSeed = 1,
): Promise<void> {
  console.log(`${hunts} hunts on correct subjects, ${plansPerHunt} plans each, seeds from ${firstSeed}`);
  let done = 0;
  let alarms = 0;
  const profiles = ['core', 'litellm', 'open-webui'];
  await onBenchStack({ profiles, workloads: only }, async ({ record }) => {
    for (const [index, name] of only.entries()) {
      const share = Math.ceil((hunts - done) / (only.length - index));
      alarms += await huntsOf(record, name, firstSeed, share);
      done += share;
    }
  });
  console.log(`  ${done} hunts, ${alarms} false alarms`);
}

async function huntsOf(record: StackRecord, name: string, firstSeed: number, hunts: number): Promise<number> {
  const workload = await workloadOf(name);
  const stack = await openLabStack(record);
  const connections = new Connections(stack);
  const lab = { stack, workload, connections, operationTimeoutMs: 10_000 };
  const signal = interrupted();
  const results: HuntResult[] = [];
  for (let seed = firstSeed; seed < firstSeed + hunts; seed += 1) {
    const bounds = { seed, runs: plansPerHunt, timeMs: huntTimeMs, signal, controls: false };
    const result = await hunt(lab, bounds);
    results.push(result);
    const { finding, error } = result;
    if (error) console.log(`  seed ${seed}: ${error.code}: ${error.message}`);
    if (!finding) continue;
    console.log(
      `seed ${seed} path ${finding.path} · ${rateText(finding)}\n${verdictText(name, finding.outcome)}`,
    );
  }
  connections.reset();
  await stack.close();
  const sum = (of: (result: HuntResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const count = (verdict: HuntResult['verdict']) => results.filter((each) => each.verdict === verdict).length;
  const alarms = count('invalid');
  console.log(
    `  ${name.padEnd(13)} ${hunts} hunts, ${sum(({ plans }) => plans)} plans, ${sum(({ operations }) => operations)} operations` +
      ` in ${sum(({ seconds }) => seconds).toFixed(0)} s · ${alarms} alarms · ${count('not-judged')} judged too little` +
      ` · ${sum(({ unknownVerdicts }) => unknownVerdicts)} unknown verdicts · ${sum(({ vacuous }) => vacuous)} vacuous runs` +
      ` · ${sum(({ mishaps }) => mishaps.length)} plans that could not be run`,
  );
  return alarms;
}
