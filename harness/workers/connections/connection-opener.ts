import { stateOf } from '../processes/process-table.ts';
import type { Worker, WorkerList, WorkerRegister } from '../processes/worker-register.ts';
import type { WorkerSignals } from '../processes/worker-signals.ts';
import { identityOf } from '../processes/worker-structure.ts';
import { ScopeError } from '../scope-error.ts';
import { planBurst } from './burst-plan.ts';
import { describeWorker } from './connection-owner.ts';
import { ConnectionsInFlight } from './connections-in-flight.ts';
import type { IdleConnections, OwnedConnection } from './idle-connections.ts';
import { NextTurn } from './next-turn.ts';
import { type WaitingClient, WaitingClients } from './waiting-clients.ts';

export interface OpenOptions {
  /** Without a worker, the connection of whichever worker accepts first. */
  readonly worker?: Worker | undefined;
  readonly timeoutMs: number;
  /** As a last resort, stop the other workers for the milliseconds of the connect. */
  readonly stopOthers?: boolean;
  readonly signal?: AbortSignal;
}

/** After how many bursts in vain the last resort is due. */
const burstsBeforeStop = 2;
const maxStopMs = 250;
/** A connection unresolved for this long is with a busy worker: no reason to wait with the next burst. */
const youngMs = 12;
/** When too many are stuck with busy workers, those stuck for longer make room. */
const stuckMs = 1000;
/** By-catch that nobody waits for is worth one more look, not a search. */
const byCatchMs = 5;

/**
 * Opens connections to chosen workers of one service. All who wait share one search: connections are opened
 * in bursts (workers on one listening socket are woken unevenly, simultaneous connections spread better),
 * one look at the kernel's table answers for all, and a connection goes to the first who can use it,
 * the others to the idle ones.
 */
export class ConnectionOpener {
  readonly #service: string;
  readonly #register: WorkerRegister;
  readonly #idle: IdleConnections;
  readonly #signals: WorkerSignals;
  readonly #flights: ConnectionsInFlight;
  readonly #clients = new WaitingClients();
  readonly #turn = new NextTurn(() => this.#search());
  #burst: NodeJS.Timeout | undefined;
  #forcing = false;

  constructor(service: string, register: WorkerRegister, idle: IdleConnections, signals: WorkerSignals) {
    this.#service = service;
    this.#register = register;
    this.#idle = idle;
    this.#signals = signals;
    this.#flights = new ConnectionsInFlight(register.addressOf(service), {
      changed: () => this.#turn.after(0),
      refused: (error) => this.#clients.rejectAll(this.#unreachable(error)),
    });
  }

  /**
   * A virgin connection that the worker has accepted; its socket is paused, half-open allowed.
   * @throws ScopeError GNT_WORKER_DIED, GNT_WORKER_STOPPED, GNT_WORKER_NOT_REACHED, GNT_OWNER_UNKNOWN,
   *   GNT_SERVICE_UNREACHABLE
   */
  async open({ worker, timeoutMs, stopOthers = false, signal }: OpenOptions): Promise<OwnedConnection> {
    signal?.throwIfAborted();
    // Even if there is an idle one: whether a stopped worker can be reached must not be a matter of luck.
    if (worker && this.#signals.isStoppedByFault(worker)) throw stoppedError(worker);
    const idle = worker && this.#idle.take(worker);
    if (idle) return idle;
    this.#turn.after(0);
    const late = (client: WaitingClient) => this.#lateness(client, timeoutMs);
    return await this.#clients.wait({ worker, stopOthers, timeoutMs, signal }, late);
  }

  /** Ends the search and every connection in flight. */
  close(): void {
    this.#clients.rejectAll(new ScopeError('GNT_SCOPE_FAILED', 'The scope is closing.'));
    clearTimeout(this.#burst);
    this.#turn.cancel();
    this.#flights.destroyOlderThan(0);
  }

  /** One turn: settle what can be settled, then open more if somebody still waits. */
  #search(): void {
    try {
      const list = this.#register.current(this.#service);
      this.#rejectHopeless(list.workers);
      for (const connection of this.#flights.settle(list)) {
        if (!this.#clients.serve(connection)) this.#idle.add(connection);
      }
      this.#launchIfNeeded(list);
      this.#planNextTurn();
    } catch (error) {
      this.#rejectHopeless([]);
      this.#clients.rejectAll(error);
      this.#flights.destroyOlderThan(0);
    }
  }

  #rejectHopeless(present: readonly Worker[]): void {
    this.#clients.rejectWhere((worker) => {
      const isPresent = present.some((each) => identityOf(each) === identityOf(worker));
      if (!isPresent || stateOf(worker) === 'gone') {
        return new ScopeError('GNT_WORKER_DIED', `${describeWorker(worker)} ended before it accepted.`);
      }
      return this.#signals.isStoppedByFault(worker) ? stoppedError(worker) : undefined;
    });
  }

  #launchIfNeeded({ workers }: WorkerList): void {
    const [first] = this.#clients.all;
    if (!first || this.#burst || this.#forcing) return;
    if (this.#flights.agesMs.some((ageMs) => ageMs < youngMs)) return;
    const { size, pauseMs } = planBurst({
      workers: workers.length,
      waiters: this.#clients.size,
      pinned: first.worker !== undefined,
      bursts: first.bursts,
      inFlight: this.#flights.size,
    });
    if (size === 0) {
      this.#flights.destroyOlderThan(stuckMs);
      return;
    }
    const force = this.#clients.all.find((client) => client.stopOthers && client.bursts >= burstsBeforeStop);
    for (const client of this.#clients.all) client.bursts += 1;
    if (force) {
      this.#launchForced(force, workers);
    } else if (pauseMs === 0) {
      this.#flights.launch(size);
    } else {
      this.#burst = setTimeout(() => {
        this.#burst = undefined;
        if (this.#clients.size > 0) this.#flights.launch(size);
      }, pauseMs);
    }
  }

  #launchForced(client: WaitingClient, workers: readonly Worker[]): void {
    const others = workers.filter(({ pid }) => pid !== client.worker?.pid);
    const until = performance.now() + maxStopMs;
    this.#forcing = true;
    const reach = async () => {
      this.#flights.launch(workers.length);
      while (this.#clients.has(client) && this.#flights.size > 0 && performance.now() < until) {
        await new Promise((resume) => setTimeout(resume, 1));
      }
    };
    void this.#signals.withStopped(others, maxStopMs, reach).finally(() => {
      this.#forcing = false;
      this.#turn.after(0);
    });
  }

  #planNextTurn(): void {
    const waiting = this.#clients.size > 0;
    if (!waiting) this.#flights.destroyOlderThan(byCatchMs);
    if (this.#flights.size === 0) return;
    const agesMs = this.#flights.agesMs;
    // A connection that nobody known accepts may be with a worker that is not known yet.
    if (Math.max(...agesMs) > 2 * youngMs) this.#register.refresh(this.#service, 250);
    this.#turn.after(waiting ? Math.min(25, Math.max(1, Math.min(...agesMs) / 4)) : byCatchMs);
  }

  #unreachable(error: NodeJS.ErrnoException): ScopeError {
    const { host, port } = this.#register.addressOf(this.#service);
    const message = `Connecting to ${this.#service} at ${host}:${port} failed: ${error.code ?? error.message}.`;
    return new ScopeError('GNT_SERVICE_UNREACHABLE', message, { cause: error });
  }

  #lateness({ worker, bursts }: WaitingClient, timeoutMs: number): ScopeError {
    if (!worker) {
      return new ScopeError(
        'GNT_OWNER_UNKNOWN',
        `No worker of ${this.#service} accepted within ${timeoutMs} ms.`,
      );
    }
    const message = `${describeWorker(worker)} accepted none of ${bursts} bursts of connections within ${timeoutMs} ms.`;
    return new ScopeError('GNT_WORKER_NOT_REACHED', message);
  }
}

const stoppedError = (worker: Worker) =>
  new ScopeError('GNT_WORKER_STOPPED', `${describeWorker(worker)} is stopped.`);
