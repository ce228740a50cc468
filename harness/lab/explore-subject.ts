import { randomBytes } from 'node:crypto';
import { LabClient } from './lab-client.ts';
import type { Lab } from './run-plan.ts';

/**
 * Lets a workload find out once what a subject offers, before plans are made. Returns what is left out, a line each; nothing for
 * a workload that asks the same of every subject.
 */
export async function exploreSubject({
  stack,
  workload,
  connections,
  operationTimeoutMs,
}: Lab): Promise<readonly string[]> {
  if (!workload.explore) return [];
  const first = (stack.workers[workload.service] ?? 1) > 1 ? 1 : undefined;
  const client = new LabClient({
    service: workload.service,
    route: (service) => connections.route(0, service, service === workload.service ? first : undefined),
    get signal() {
      return AbortSignal.timeout(operationTimeoutMs);
    },
  });
  // On a kept stack others have looked before: names of their own keep them apart.
  return workload.explore({ stack, client, nonce: randomBytes(4).toString('hex') });
}
