import { FaultUnsupported } from '../../faults/applied-fault.ts';
import { type Subject, subjectOf } from '../../lab/hunting/subject.ts';
import { openLabStack } from '../../lab/lab-stack.ts';
import { Connections } from '../../lab/running/connections.ts';
import type { Lab } from '../../lab/running/run-plan.ts';
import type { StackOptions } from '../options.ts';
import { planRun, startStack } from '../start-stack.ts';

/** What a stack leaves in the environment of the process that started it. */
const names = ['GAUNTLET_RUN', 'GAUNTLET_SUPERVISOR'];

/**
 * A second stack beside the one of a lab, with one worker for every service, lent to `use` and taken down again. For drivers that
 * cannot start a service again with another number of workers.
 */
export async function onOneWorkerStack<T>(
  lab: Lab,
  { options, links, signal }: { options: StackOptions; links: readonly string[]; signal: AbortSignal },
  use: (lab: Lab, subject: Subject) => Promise<T>,
): Promise<T> {
  const before = names.map((name) => [name, process.env[name]] as const);
  const run = await planRun({ ...options, workers: 1 }, links);
  const { supervisor, record, error } = await startStack(run, options.deadline, signal);
  try {
    if (error !== undefined) throw error;
    const { service } = lab.workload;
    const workers = record.services[service]?.workers ?? 1;
    if (workers > 1) throw new FaultUnsupported(`${service} has ${workers} workers all the same`);
    const stack = await openLabStack(record);
    const connections = new Connections(stack);
    try {
      const second = { ...lab, stack, connections };
      return await use(second, subjectOf(second));
    } finally {
      connections.reset();
      await stack.close();
    }
  } finally {
    await supervisor.down();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
