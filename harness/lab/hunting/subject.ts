import { setTimeout as delay } from 'node:timers/promises';
import { FaultUnsupported } from '../../faults/applied-fault.ts';
import { restored } from '../../faults/restored.ts';
import { applyServiceFault } from '../../faults/service-fault.ts';
import { connectSupervisor } from '../../stack/supervisor/client.ts';
import { listWorkers, openLabStack } from '../lab-stack.ts';
import type { Lab } from '../running/run-plan.ts';

const aliveWithinMs = 5_000;
const startWithinMs = 300_000;
const probeMs = 1_000;
const pauseMs = 50;

/** What can be done to the subject of a lab besides talking to it. Its methods throw FaultUnsupported where they cannot be had. */
export interface Subject {
  /** Restarts it; resolves once it answers again with all its workers. */
  restart(): Promise<void>;
  /** Whether it answers anything at all, after a while at the latest. */
  answers(): Promise<boolean>;
  /** Lends a lab on which every service that works for the subject has one worker, with its subject. */
  withOneWorker<T>(use: (lab: Lab, subject: Subject) => Promise<T>): Promise<T>;
}

/** The subject of a lab, as far as the driver of its stack can reach it. */
export function subjectOf(lab: Lab): Subject {
  const { stack, workload, connections } = lab;
  const { service } = workload;
  return {
    restart: async () => {
      // Kept connections would make the old processes linger.
      connections.reset();
      const fault = { on: 'service', action: 'restart', service, revertAfterMs: 1 } as const;
      await (await applyServiceFault(fault, stack)).revert();
      connections.reset();
    },
    answers: () => answersWithin(stack.url(service), aliveWithinMs),
    withOneWorker: (use) => onOneWorker(lab, use),
  };
}

/** Whether a port speaks HTTP, whatever it says. */
async function answersWithin(url: string, boundMs: number): Promise<boolean> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(probeMs) });
      await response.body?.cancel();
      return true;
    } catch {
      if (performance.now() > deadline) return false;
      await delay(pauseMs);
    }
  }
}

/** Restarts the services with one worker each, and afterwards as they were. */
async function onOneWorker<T>(lab: Lab, use: (lab: Lab, subject: Subject) => Promise<T>): Promise<T> {
  const { stack, connections } = lab;
  const { record, scope } = stack;
  if (record.driver !== 'process' || !scope) {
    throw new FaultUnsupported('services are restarted with one worker by the process driver only');
  }
  const services = severalWorkers(lab);
  const restart = async (workers: number | 'planned') => {
    connections.reset();
    const supervisor = await connectSupervisor(record.runId);
    try {
      await Promise.all(
        services.map(async (name) => {
          await supervisor.restart(name, workers);
          await backAgain(lab, name, workers === 'planned' ? (record.services[name]?.workers ?? 1) : 1);
        }),
      );
    } finally {
      supervisor.close();
      connections.reset();
    }
  };
  try {
    await restart(1);
    for (const name of services) {
      const seen = await listWorkers(scope, name);
      if (seen.length > 1) throw new FaultUnsupported(`${name} has ${seen.length} workers all the same`);
    }
    const one = services.map((name) => [name, { ...record.services[name], workers: 1 }] as const);
    const alone = await openLabStack({
      ...record,
      services: { ...record.services, ...Object.fromEntries(one) } as typeof record.services,
    });
    try {
      const changed = { ...lab, stack: alone };
      return await use(changed, subjectOf(changed));
    } finally {
      await alone.close();
    }
  } finally {
    await restart('planned');
  }
}

/** Some services take minutes on a busy machine, longer than a fault may last. */
async function backAgain({ stack }: Lab, service: string, workers: number): Promise<void> {
  const deadline = performance.now() + startWithinMs;
  for (;;) {
    try {
      return await restored(stack, service, workers);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

/** The service of the workload and those that its links and pins name, as far as they were started with several workers. */
function severalWorkers({ stack, workload }: Lab): readonly string[] {
  const { service, links = [] } = workload;
  const near = [...links.flatMap((link) => link.split('>')), ...Object.keys(workload.shape(stack).workers)];
  return [...new Set([service, ...near])].filter((name) => {
    const known = stack.record.services[name];
    return known?.state === 'healthy' && (known.workers ?? 1) > 1;
  });
}
