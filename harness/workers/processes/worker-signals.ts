import { ScopeError } from '../scope-error.ts';
import { type ProcessTable, type ServiceProcess, stateOf } from './process-table.ts';
import { identityOf } from './worker-structure.ts';

export const signalActions = ['stop', 'continue', 'term', 'kill'] as const;
export type SignalAction = (typeof signalActions)[number];

/** How long a stopped worker stays stopped when nobody continues it. */
export const defaultRevertAfterMs = 10_000;

interface Stop {
  readonly process: ServiceProcess;
  /** Who wants it stopped: a fault (until its timer), or a connect in progress, or both. */
  fault: NodeJS.Timeout | undefined;
  holds: number;
}

/** Signals to single processes of the run. Whatever it stops it continues again, at the latest when the scope ends. */
export class WorkerSignals {
  readonly #table: ProcessTable;
  readonly #stops = new Map<string, Stop>();

  constructor(table: ProcessTable) {
    this.#table = table;
  }

  /** Stops a process until `continue` or for revertAfterMs. Resolves when the kernel says it is stopped. */
  async stop(process: ServiceProcess, revertAfterMs = defaultRevertAfterMs): Promise<void> {
    this.#send(process, 'SIGSTOP');
    const stop = this.#stopOf(process);
    clearTimeout(stop.fault);
    stop.fault = setTimeout(() => this.#endFault(stop), revertAfterMs);
    await this.#reach(process, ['stopped', 'gone'], 'stop');
  }

  /** Ends a stop. Resolves when the process runs again. */
  async continue(process: ServiceProcess): Promise<void> {
    const stop = this.#stops.get(identityOf(process));
    if (stop) this.#endFault(stop);
    else this.#send(process, 'SIGCONT');
    await this.#reach(process, ['running', 'gone'], 'continue');
  }

  /** Asks a process to end; does not wait, since a graceful end takes its time. */
  terminate(process: ServiceProcess): void {
    this.#send(process, 'SIGTERM');
  }

  /** Kills a process. Resolves when it is gone. */
  async kill(process: ServiceProcess): Promise<void> {
    this.#send(process, 'SIGKILL');
    await this.#reach(process, ['gone'], 'kill');
  }

  /** Whether a fault (not a connect in progress) keeps the process stopped. */
  isStoppedByFault(process: ServiceProcess): boolean {
    const stop = this.#stops.get(identityOf(process));
    return stop ? stop.fault !== undefined : stateOf(process) === 'stopped';
  }

  /** Stops processes while an action runs, boundMs at the longest; continues those that no fault wants stopped. */
  async withStopped<T>(
    processes: readonly ServiceProcess[],
    boundMs: number,
    action: () => Promise<T>,
  ): Promise<T> {
    const held: Stop[] = [];
    const release = () => {
      for (const stop of held.splice(0)) {
        stop.holds -= 1;
        this.#settle(stop);
      }
    };
    const bound = setTimeout(release, boundMs);
    try {
      for (const process of processes) {
        const stop = this.#stopOf(process);
        stop.holds += 1;
        held.push(stop);
        this.#sendIfThere(process, 'SIGSTOP');
      }
      return await action();
    } finally {
      clearTimeout(bound);
      release();
    }
  }

  /** Continues everything that is stopped: for the end of the scope. */
  releaseAll(): void {
    for (const stop of [...this.#stops.values()]) {
      stop.holds = 0;
      this.#endFault(stop);
    }
  }

  #stopOf(process: ServiceProcess): Stop {
    const known = this.#stops.get(identityOf(process));
    if (known) return known;
    const stop: Stop = { process, fault: undefined, holds: 0 };
    this.#stops.set(identityOf(process), stop);
    return stop;
  }

  #endFault(stop: Stop): void {
    clearTimeout(stop.fault);
    stop.fault = undefined;
    this.#settle(stop);
  }

  #settle(stop: Stop): void {
    if (stop.fault !== undefined || stop.holds > 0) return;
    this.#stops.delete(identityOf(stop.process));
    this.#sendIfThere(stop.process, 'SIGCONT');
  }

  #sendIfThere(target: ServiceProcess, signal: NodeJS.Signals): void {
    try {
      this.#send(target, signal);
    } catch {
      // It ended in the meantime: a process that is gone needs neither to be stopped nor continued.
    }
  }

  #send(target: ServiceProcess, signal: NodeJS.Signals): void {
    // Asked anew right before the signal: the pid may by now be somebody else's.
    const found = this.#table.lookup(target.pid);
    if (found === 'foreign' || (found && found.startTicks !== target.startTicks)) {
      throw new ScopeError('GNT_FOREIGN_PID', `Process ${target.pid} is not of this run.`);
    }
    if (!found)
      throw new ScopeError('GNT_NO_SUCH_WORKER', `Process ${target.pid} of ${target.service} is gone.`);
    try {
      process.kill(target.pid, signal);
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new ScopeError('GNT_SIGNAL_FAILED', `${signal} to process ${target.pid}: ${code}.`, {
        cause: error,
      });
    }
  }

  async #reach(target: ServiceProcess, states: readonly string[], action: SignalAction): Promise<void> {
    const deadline = performance.now() + 2000;
    while (!states.includes(stateOf(target))) {
      if (performance.now() > deadline) {
        throw new ScopeError('GNT_SIGNAL_FAILED', `Process ${target.pid} did not ${action} within 2 s.`);
      }
      await new Promise((resume) => setTimeout(resume, 2));
    }
  }
}
