import { ScopeError } from '../scope-error.ts';
import type { ServiceAddress } from '../settings.ts';
import { type ProcessTable, type ServiceProcess, stateOf } from './process-table.ts';
import { heldSockets, networkNamespace, readTcpTable, type TcpTableName, tcpTables } from './socket-table.ts';
import { assignIndexes, findWorkers, identityOf } from './worker-structure.ts';

/** A worker of a service: one process that accepts connections. */
export interface Worker extends ServiceProcess {
  readonly index: number;
}

/** The workers of one service, and in which table of the kernel their connections stand. */
export interface WorkerList {
  readonly workers: readonly Worker[];
  readonly tables: readonly TcpTableName[];
}

interface Known extends WorkerList {
  readonly indexes: ReadonlyMap<string, number>;
  readonly takenAt: number;
}

/** `w2`, as it stands in proxy targets and headers. */
export const workerName = ({ index }: Pick<Worker, 'index'>): string => `w${index}`;

/** Keeps the worker list of every service, and the indexes of workers over respawns. */
export class WorkerRegister {
  readonly #table: ProcessTable;
  readonly #services: ReadonlyMap<string, ServiceAddress>;
  readonly #known = new Map<string, Known>();

  constructor(table: ProcessTable, services: ReadonlyMap<string, ServiceAddress>) {
    this.#table = table;
    this.#services = services;
  }

  /** @throws ScopeError GNT_UNKNOWN_SERVICE */
  addressOf(service: string): ServiceAddress {
    const address = this.#services.get(service);
    if (!address)
      throw new ScopeError('GNT_UNKNOWN_SERVICE', `There is no service "${service}" in this stack.`);
    return address;
  }

  get serviceNames(): readonly string[] {
    return [...this.#services.keys()];
  }

  /** The list as last taken, if all its workers still live; otherwise a new one. No scan in the usual case. */
  current(service: string): WorkerList {
    const known = this.#known.get(service);
    if (known && known.workers.length > 0 && known.workers.every((worker) => stateOf(worker) !== 'gone')) {
      return known;
    }
    return this.refresh(service);
  }

  /**
   * Scans /proc for the workers there are now.
   * @param maxAgeMs a list younger than this is taken as it is
   * @throws ScopeError GNT_UNKNOWN_SERVICE, GNT_PROC_UNREADABLE, GNT_NO_WORKERS
   */
  refresh(service: string, maxAgeMs = 0): WorkerList {
    const { port } = this.addressOf(service);
    const before = this.#known.get(service);
    if (before && before.workers.length > 0 && performance.now() - before.takenAt < maxAgeMs) return before;
    const processes = this.#table.scan().filter((process) => process.service === service);
    const { listening, tables } = findListeners(processes, port);
    const found = findWorkers(processes, listening);
    const indexes = assignIndexes(found, before?.indexes ?? new Map());
    const workers = found
      .map((process) => ({ ...process, index: indexes.get(identityOf(process)) ?? 0 }))
      .toSorted((a, b) => a.index - b.index);
    this.#known.set(service, { workers, tables, indexes, takenAt: performance.now() });
    if (workers.length === 0) throw this.#noWorkers(service, port, processes.length);
    return { workers, tables };
  }

  /**
   * One worker by index or pid.
   * @throws ScopeError GNT_NO_SUCH_WORKER, GNT_SINGLE_WORKER, and what refresh throws
   */
  find(service: string, wanted: { readonly index?: number; readonly pid?: number }): Worker {
    const matches = (worker: Worker) =>
      wanted.pid === undefined ? worker.index === wanted.index : worker.pid === wanted.pid;
    const known = this.current(service).workers.find(matches);
    if (known) return known;
    const { workers } = this.refresh(service, 20);
    const worker = workers.find(matches);
    if (worker) return worker;
    const name = wanted.pid === undefined ? `w${wanted.index}` : `with pid ${wanted.pid}`;
    if (workers.length === 1 && wanted.pid === undefined && workers[0]?.index === 1) {
      throw new ScopeError('GNT_SINGLE_WORKER', `${service} has one worker; there is no ${name}.`);
    }
    const names = workers.map((each) => `${workerName(each)} (pid ${each.pid})`).join(', ');
    throw new ScopeError('GNT_NO_SUCH_WORKER', `${service} has no worker ${name} now; it has ${names}.`);
  }

  #noWorkers(service: string, port: number, processes: number): ScopeError {
    const found = processes === 0 ? 'no process of it was found' : `none of its ${processes} processes does`;
    const { unreadable } = this.#table;
    const unknown = unreadable > 0 ? ` (${unreadable} other processes may not be read)` : '';
    return new ScopeError(
      'GNT_NO_WORKERS',
      `Nothing of ${service} listens on port ${port}: ${found}${unknown}.`,
    );
  }
}

function findListeners(processes: readonly ServiceProcess[], port: number) {
  const listening = new Set<number>();
  const tables = new Set<TcpTableName>();
  const namespaces = Map.groupBy(processes, ({ pid }) => networkNamespace(pid));
  for (const members of namespaces.values()) {
    for (const table of tcpTables) {
      const rows = readTcpTable(members[0]?.pid ?? 0, table, port).filter((row) => row.listening);
      const inodes = new Set(rows.map((row) => row.inode));
      if (inodes.size === 0) continue;
      const holders = members.filter(({ pid }) => heldSockets(pid, inodes).length > 0);
      for (const { pid } of holders) listening.add(pid);
      if (holders.length > 0) tables.add(table);
    }
  }
  return { listening, tables: [...tables] };
}
