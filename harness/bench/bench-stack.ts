import { interruptSignal } from '../cli/interrupts.ts';
import { planRun, startStack } from '../cli/start-stack.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { Supervisor } from '../stack/supervisor/client.ts';
import { workloadOf } from '../workloads/catalogue.ts';

export interface BenchStackOptions {
  readonly profiles: readonly string[];
  readonly workers?: number;
  /** Links for the wire. */
  readonly wire?: readonly string[];
  /** The wire stands on their links too, as far as the stack has them. */
  readonly workloads?: readonly string[];
  /** What stands in for services, and what they are told: `MEMORY_COMMAND` … */
  readonly environment?: Readonly<Record<string, string>>;
  /** What every service gets besides, as by `--env`. */
  readonly serviceEnvironment?: Readonly<Record<string, string>>;
}

export interface BenchStack {
  readonly record: StackRecord;
  readonly supervisor: Supervisor;
}

let interrupts: AbortSignal | undefined;
/** Aborted by Ctrl-C; one for all stacks of a bench. */
export const interrupted = (): AbortSignal => (interrupts ??= interruptSignal());

/**
 * Brings up a stack of its own under the process driver for a measurement, and takes it down, whatever becomes of the
 * measurement or of this process.
 */
export async function onBenchStack(
  { profiles, workers, wire, workloads = [], environment = {}, serviceEnvironment = {} }: BenchStackOptions,
  measure: (stack: BenchStack) => Promise<void>,
): Promise<void> {
  const signal = interrupted();
  const links = (await Promise.all(workloads.map(workloadOf))).flatMap((workload) => workload.links ?? []);
  const options = {
    ...({ driver: 'process', profiles, deadline: 300 } as const),
    ...(workers === undefined ? {} : { workers }),
    ...(wire ? { wire } : {}),
  };
  const setup = { forStack: () => ({ variables: environment, secrets: [], serviceEnvironment }) };
  const run = await planRun(options, [...new Set(links)], setup);
  const { supervisor, record, error } = await startStack(run, options.deadline, signal);
  try {
    if (error !== undefined) throw error;
    await Promise.race([measure({ record, supervisor }), rejectionOf(signal)]);
  } finally {
    await supervisor.down();
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
