import { openScope, type ScopeClient } from '../workers/client.ts';
import { skip } from './skip.ts';
import { optionalService, service, setting } from './stack.ts';
import { until } from './until.ts';

/**
 * The scope of the stack, to reach, stop or kill one worker of a service. Close it when the file is done.
 * A test that needs it is skipped where the stack has none (remote services).
 *
 * @param severalWorkers services that the test needs two or more workers of; it is skipped where one has fewer
 */
export function stackScope(...severalWorkers: readonly string[]): ScopeClient {
  const scope = optionalService('scope');
  if (!scope) skip('no scope in this stack: single workers cannot be told apart');
  for (const name of severalWorkers) {
    const { remote, workers } = service(name);
    if (remote) skip(`${name} runs elsewhere: the scope cannot see its workers`);
    if (workers < 2) skip(`${name} has one worker`);
  }
  return openScope(scope.url, setting('SCOPE_TOKEN'));
}

/** How many workers a command or image of the user really has is seen only now; ours have what the stack says. */
export async function needsSeveralWorkers(scope: ScopeClient, name: string): Promise<void> {
  if (service(name).ours) return;
  const { length } = await scope.workers(name);
  if (length < 2) skip(`${name} has ${length === 1 ? 'one worker' : 'no worker that the scope can see'}`);
}

/** Kills a worker and waits until another process has its index. */
export async function killWorker(scope: ScopeClient, name: string, worker: number): Promise<void> {
  const pidOf = async () =>
    (await scope.workers(name).catch(() => [])).find(({ index }) => index === worker)?.pid;
  const before = await pidOf();
  await scope.kill(name, worker);
  await until('a successor', async () => {
    const now = await pidOf();
    return now !== undefined && now !== before;
  });
}
