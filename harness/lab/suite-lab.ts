import { service, stackRecord } from '../suite/stack.ts';
import { workloadOf } from '../workloads/catalogue.ts';
import { openLabStack } from './lab-stack.ts';
import { Connections } from './running/connections.ts';
import type { Lab } from './running/run-plan.ts';

/** A lab for a workload on the stack of the suites; a test whose service is absent is skipped with the reason. */
export async function withSuiteLab<T>(
  name: string,
  operationTimeoutMs: number,
  use: (lab: Lab) => Promise<T>,
): Promise<T> {
  const workload = await workloadOf(name);
  service(workload.service);
  const stack = await openLabStack(stackRecord());
  const connections = new Connections(stack);
  try {
    return await use({ stack, workload, connections, operationTimeoutMs });
  } finally {
    connections.reset();
    await stack.close();
  }
}
