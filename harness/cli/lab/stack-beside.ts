import { FaultUnsupported } from '../../faults/applied-fault.ts';
import { type Subject, subjectOf } from '../../lab/hunting/subject.ts';
import { openLabStack } from '../../lab/lab-stack.ts';
import { Connections } from '../../lab/running/connections.ts';
import type { Lab } from '../../lab/running/run-plan.ts';
import type { StackOptions } from '../options.ts';
import { startBeside } from '../start-beside.ts';

/** How a second stack is started. */
export interface Beside {
  readonly options: StackOptions;
  readonly links: readonly string[];
  readonly signal: AbortSignal;
  /** Variables for it alone. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A second stack beside the one of a lab, with one worker for every service, lent to `use` and taken down again. For drivers that
 * cannot start a service again with another number of workers.
 */
export async function onOneWorkerStack<T>(
  lab: Lab,
  beside: Beside,
  use: (lab: Lab, subject: Subject) => Promise<T>,
): Promise<T> {
  return await onStackBeside(
    lab,
    { ...beside, options: { ...beside.options, workers: 1 } },
    async (second, subject) => {
      const { service } = lab.workload;
      const workers = second.stack.record.services[service]?.workers ?? 1;
      if (workers > 1) throw new FaultUnsupported(`${service} has ${workers} workers all the same`);
      return await use(second, subject);
    },
  );
}

/** A second stack beside the one of a lab, lent to `use` and taken down again. */
export async function onStackBeside<T>(
  lab: Lab,
  { options, links, signal, environment }: Beside,
  use: (lab: Lab, subject: Subject) => Promise<T>,
): Promise<T> {
  const { supervisor, record, error } = await startBeside(options, links, signal, environment);
  try {
    if (error !== undefined) throw error;
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
  }
}
