import { readdirSync, readFileSync } from 'node:fs';
import { ScopeError } from '../scope-error.ts';
import {
  type ProcessMarkers,
  type ProcessStat,
  parseMarkers,
  parseResident,
  parseStat,
} from './proc-text.ts';

/** A process of one service of this run. */
export interface ServiceProcess {
  readonly pid: number;
  readonly parent: number;
  readonly service: string;
  readonly startTicks: number;
  readonly clusterWorker: boolean;
}

interface Seen {
  readonly image: string;
  readonly markers: ProcessMarkers;
}

const noMarkers: ProcessMarkers = { run: undefined, service: undefined, clusterWorker: false, wiped: false };

/** The processes of one run, found by GAUNTLET_RUN and GAUNTLET_SERVICE in their environment. */
export class ProcessTable {
  readonly #run: string;
  // By pid; valid as long as start time and stack address say that it is the same program image.
  readonly #seen = new Map<number, Seen>();
  #unreadable = 0;

  constructor(run: string) {
    this.#run = run;
  }

  /** How many processes the last scan could not ask for their environment. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /**
   * All live processes of the run.
   * @throws ScopeError GNT_PROC_UNREADABLE where there is no /proc.
   */
  scan(): readonly ServiceProcess[] {
    const found: ServiceProcess[] = [];
    const present = new Set<number>();
    this.#unreadable = 0;
    for (const pid of listPids()) {
      const stat = readStat(pid);
      if (!stat) continue;
      present.add(pid);
      const process = this.#identify(pid, stat);
      if (process) found.push(process);
    }
    if (this.#seen.size === 0 && this.#unreadable > 0) {
      throw new ScopeError('GNT_PROC_UNREADABLE', 'The environment of no process here may be read.');
    }
    for (const pid of this.#seen.keys()) if (!present.has(pid)) this.#seen.delete(pid);
    return found;
  }

  /** The process with this pid if it is of this run, 'foreign' if it is not, undefined if there is none. */
  lookup(pid: number): ServiceProcess | 'foreign' | undefined {
    const stat = readStat(pid);
    if (!stat || isGone(stat)) return undefined;
    return this.#identify(pid, stat) ?? 'foreign';
  }

  #identify(pid: number, stat: ProcessStat): ServiceProcess | undefined {
    if (stat.kernelThread || isGone(stat)) return undefined;
    const image = `${stat.startTicks}:${stat.stackStart}`;
    let seen = this.#seen.get(pid);
    if (seen?.image !== image) {
      seen = { image, markers: this.#readMarkers(pid) ?? noMarkers };
      if (seen.markers !== noMarkers) this.#seen.set(pid, seen);
    }
    const inherits = seen.markers.wiped && stat.parent > 1;
    const parentStat = inherits ? readStat(stat.parent) : undefined;
    const parent = parentStat && this.#identify(stat.parent, parentStat);
    if (inherits) return parent && { ...parent, pid, parent: stat.parent, startTicks: stat.startTicks };
    const { run, service, clusterWorker } = seen.markers;
    if (run !== this.#run || !service) return undefined;
    return { pid, parent: stat.parent, service, startTicks: stat.startTicks, clusterWorker };
  }

  #readMarkers(pid: number): ProcessMarkers | undefined {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
      // Empty for an instant during exec: to be asked again, not remembered.
      return environ === '' ? undefined : parseMarkers(environ);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM') this.#unreadable += 1;
      return undefined;
    }
  }
}

function listPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch (error) {
    throw new ScopeError('GNT_PROC_UNREADABLE', 'There is no readable /proc here.', { cause: error });
  }
}

/** /proc/<pid>/stat of now, or undefined when the process is gone. */
export function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

function isGone(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X' || stat.state === 'x';
}

/** Whether exactly this process (not another one with its pid) still runs, and whether it is stopped. */
export function stateOf(process: Pick<ServiceProcess, 'pid' | 'startTicks'>): 'running' | 'stopped' | 'gone' {
  const stat = readStat(process.pid);
  if (!stat || stat.startTicks !== process.startTicks || isGone(stat)) return 'gone';
  return stat.state === 'T' || stat.state === 't' ? 'stopped' : 'running';
}

/** Bytes of memory that a process holds now; undefined when it is gone. */
export function residentBytesOf({ pid }: Pick<ServiceProcess, 'pid'>): number | undefined {
  try {
    return parseResident(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return undefined;
  }
}
