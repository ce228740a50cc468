import { type ProcessView, type ScopeClient, ScopeClientError, type WorkerView } from '../workers/client.ts';

export type Identity = Pick<ProcessView, 'pid' | 'startTicks'>;

/** What the scope says while a service has no worker for the moment; anything else that it refuses is an error. */
const noneForTheMoment: readonly string[] = ['GNT_NO_WORKERS'];

/** What the scope says of a worker that went before it could be reached. */
const goneBefore: readonly string[] = [
  'GNT_NO_SUCH_WORKER',
  'GNT_NO_WORKERS',
  'GNT_SINGLE_WORKER',
  'GNT_WORKER_DIED',
  'GNT_FOREIGN_PID',
];

/**
 * The workers of a service that are there at this moment; none while it has none.
 * @throws ScopeClientError when the scope cannot tell
 */
export async function workersNow(scope: ScopeClient, service: string): Promise<readonly WorkerView[]> {
  try {
    return (await scope.workers(service)).filter(({ state }) => state !== 'gone');
  } catch (error) {
    if (error instanceof ScopeClientError && noneForTheMoment.includes(error.code)) return [];
    throw error;
  }
}

/** Whether each of these processes, told by pid and start time, has ended. */
export async function allGone(
  scope: ScopeClient,
  service: string,
  processes: readonly Identity[],
): Promise<boolean> {
  const states = await Promise.all(processes.map((process) => scope.stateOf(service, process)));
  return states.every((state) => state === 'gone');
}

/** Whether the worker was gone before the fault came to it: a matter of timing, not an error of the scope. */
export const wasGone = (error: unknown): error is ScopeClientError =>
  error instanceof ScopeClientError && goneBefore.includes(error.code);

export const identity = ({ pid, startTicks }: Identity): { pid: number; startTicks: number } => ({
  pid,
  startTicks,
});

/** Continues a process that is stopped; one that runs or is gone needs nothing. */
export async function letGo(scope: ScopeClient, service: string, process: Identity): Promise<void> {
  try {
    if ((await scope.stateOf(service, process)) === 'stopped')
      await scope.continue(service, `p${process.pid}`);
  } catch (error) {
    if (!wasGone(error)) throw error;
  }
}
