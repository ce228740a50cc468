import { execa } from 'execa';
import { planRun, startStack } from '../cli/start-stack.ts';
import { packageRoot } from '../stack/process/launch.ts';
import { readStackRecord, type StackRecord } from '../stack/run-folder.ts';
import type { Supervisor } from '../stack/supervisor/client.ts';
import { workloadOf } from '../workloads/catalogue.ts';

export interface BenchStack {
  readonly profiles: string;
  readonly workers?: number;
  /** Links for the wire, with commas. */
  readonly wire?: string;
  /** What stands in for services: `MEMORY_COMMAND` … */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Brings up a stack of its own under the process driver for a measurement, and takes it down. */
export async function onBenchStack(
  { profiles, workers = 2, wire, environment = {} }: BenchStack,
  measure: (record: StackRecord) => Promise<void>,
): Promise<void> {
  const command = (...args: string[]) =>
    execa(process.execPath, ['harness/cli/main.ts', ...args], { cwd: packageRoot, env: environment });
  const links = wire === undefined ? [] : ['--wire', wire];
  const options = ['--driver', 'process', '--profiles', profiles, '--workers', String(workers), ...links];
  const { stdout } = await command('up', ...options);
  const runId = /run ([0-9a-f]{6})/.exec(stdout)?.[1] ?? '';
  // A kept stack outlives who asked for it: an interrupted bench takes it down, too.
  const interrupt = () => void command('down', runId).finally(() => process.exit(1));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    const record = readStackRecord(runId);
    if (!record) throw new Error(`run ${runId} has no record`);
    await measure(record);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    await command('down', runId);
  }
}

export interface WiredStack {
  readonly record: StackRecord;
  readonly supervisor: Supervisor;
}

/** Brings up a stack in this process with the wire on the links of some workloads, as far as it has them, and takes it down. */
export async function onWiredStack(
  profiles: readonly string[],
  workloads: readonly string[],
  signal: AbortSignal,
  measure: (stack: WiredStack) => Promise<void>,
): Promise<void> {
  const links = (await Promise.all(workloads.map(workloadOf))).flatMap((workload) => workload.links ?? []);
  const options = { driver: 'process', profiles, deadline: 300 } as const;
  const run = await planRun(options, [...new Set(links)]);
  const { supervisor, record, error } = await startStack(run, options.deadline, signal);
  try {
    if (error !== undefined) throw error;
    await measure({ record, supervisor });
  } finally {
    await supervisor.down();
  }
}
