import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessOrder } from './messages.ts';
import { withWorkers } from './with-workers.ts';

type ExitListener = (service: string, code: number | null, signal: string | null) => void;

/** The service processes of one stack. */
export class Children {
  readonly #children = new Map<string, { child: ChildProcess; order: ProcessOrder }>();
  /** What services were first started with, for those that run with another number of workers for a while. */
  readonly #planned = new Map<string, ProcessOrder>();
  /** Their end was asked for, so nobody needs to be told. */
  readonly #killed = new WeakSet<ChildProcess>();
  readonly #onExit: ExitListener;

  constructor(onExit: ExitListener) {
    this.#onExit = onExit;
  }

  /** Starts a process and returns its pid. Throws what `spawn` reports, such as ENOENT. */
  async start(order: ProcessOrder): Promise<number> {
    this.#planned.delete(order.service);
    return this.#launch(order);
  }

  async #launch(order: ProcessOrder): Promise<number> {
    const log = openSync(order.logFile, 'a');
    const [program = '', ...args] = order.command;
    const child = spawn(program, args, {
      cwd: order.cwd,
      env: order.environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    this.#children.set(order.service, { child, order });
    child.once('exit', (code, signal) => {
      if (this.#children.get(order.service)?.child !== child || this.#killed.has(child)) return;
      this.#onExit(order.service, code, signal);
    });
    return child.pid as number;
  }

  /** Kills a service's process group; resolves to the pid that it had, once it is gone. Starts it again if nobody has after a while. */
  async kill(service: string, reviveAfterMs: number): Promise<number> {
    const running = this.#children.get(service);
    if (!running) throw new Error(`${service} was not started here`);
    const { child } = running;
    this.#killed.add(child);
    const isThere = child.exitCode === null && child.signalCode === null;
    const gone = isThere ? once(child, 'exit') : undefined;
    signalGroup(child, 'SIGKILL');
    await gone;
    const revive = () => {
      if (this.#children.get(service)?.child === child) void this.restart(service, 0).catch(() => undefined);
    };
    setTimeout(revive, reviveAfterMs).unref();
    return child.pid as number;
  }

  /** Ends a service's process group and starts it again with the same order, or with another number of workers. */
  async restart(service: string, graceMs: number, workers?: number | 'planned'): Promise<number> {
    const running = this.#children.get(service);
    if (!running) throw new Error(`${service} was not started here`);
    const { child, order } = running;
    this.#children.delete(service);
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      signalGroup(child, 'SIGTERM');
      const late = new AbortController();
      await Promise.race([gone, delay(graceMs, undefined, { signal: late.signal }).catch(() => undefined)]);
      late.abort();
    }
    signalGroup(child, 'SIGKILL');
    if (workers === undefined) return this.#launch(order);
    const planned = this.#planned.get(service) ?? order;
    this.#planned.set(service, planned);
    return this.#launch(workers === 'planned' ? planned : withWorkers(planned, workers));
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid as number), signal);
  } catch {
    // The group is gone.
  }
}
