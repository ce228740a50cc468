import type { ServiceProcess } from './process-table.ts';

/**
 * The workers among the processes of one service: those that accept connections, not their primary and
 * not helpers. A process is found by what it holds, never by its name:
 * - children of a listening process that node:cluster marked as workers (their primary accepts and hands over);
 * - children of a listening process that hold the listening socket too (uvicorn, gunicorn, nginx: pre-fork);
 * - a listening process without such children, by itself: one-process servers, and several of them
 *   with SO_REUSEPORT.
 * Helpers (resource trackers, sandboxed subprocesses, shells around the server) hold no listening socket.
 * @param listening pids that hold a socket listening on the port of the service
 */
export function findWorkers(
  processes: readonly ServiceProcess[],
  listening: ReadonlySet<number>,
): readonly ServiceProcess[] {
  const listeners = processes.filter(({ pid }) => listening.has(pid));
  // What a worker forks may inherit the socket: only the listeners nearest to the root count.
  const roots = listeners.filter(({ parent }) => !hasListeningAncestor(parent, processes, listening));
  return roots.flatMap((root) => {
    const children = processes.filter(({ parent }) => parent === root.pid);
    const clustered = children.filter(({ clusterWorker }) => clusterWorker);
    if (clustered.length > 0) return clustered;
    const preForked = children.filter(({ pid }) => listening.has(pid));
    return preForked.length > 0 ? preForked : [root];
  });
}

function hasListeningAncestor(
  pid: number,
  processes: readonly ServiceProcess[],
  listening: ReadonlySet<number>,
): boolean {
  const ancestor = processes.find((process) => process.pid === pid);
  if (!ancestor) return false;
  return listening.has(pid) || hasListeningAncestor(ancestor.parent, processes, listening);
}

/**
 * Gives each worker its index, 1 … N: those known keep theirs, new ones take the lowest free ones in the
 * order of their start, so that a respawned worker gets the index of the one that died.
 */
export function assignIndexes(
  workers: readonly ServiceProcess[],
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const indexes = new Map<string, number>();
  for (const worker of workers) {
    const known = before.get(identityOf(worker));
    if (known !== undefined) indexes.set(identityOf(worker), known);
  }
  const taken = new Set(indexes.values());
  const byStart = workers.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
  let free = 1;
  for (const worker of byStart) {
    if (indexes.has(identityOf(worker))) continue;
    while (taken.has(free)) free += 1;
    taken.add(free);
    indexes.set(identityOf(worker), free);
  }
  return indexes;
}

/** Pid and start time: pids come back, the pair does not. */
export function identityOf(process: Pick<ServiceProcess, 'pid' | 'startTicks'>): string {
  return `${process.pid}@${process.startTicks}`;
}
