import type { Socket } from 'node:net';
import { occupiesThread } from '../processes/socket-table.ts';
import type { Worker } from '../processes/worker-register.ts';
import { identityOf } from '../processes/worker-structure.ts';

/** A connection that a known worker has accepted and on which nothing was sent yet. */
export interface OwnedConnection {
  readonly socket: Socket;
  readonly worker: Worker;
  readonly inode: number;
}

export interface IdleLimits {
  /** Well below the idle timeouts of servers (uvicorn 5 s), so that none is handed out as it dies. */
  readonly maxAgeMs: number;
  readonly maxPerWorker: number;
}

interface Idle extends OwnedConnection {
  readonly release: () => void;
}

/** By-catch of the search for a worker, kept a short while for the next client that wants its owner. */
export class IdleConnections {
  readonly #limits: IdleLimits;
  readonly #byWorker = new Map<string, Idle[]>();
  readonly #threadedServices = new Set<string>();

  constructor(limits: IdleLimits = { maxAgeMs: 2000, maxPerWorker: 4 }) {
    this.#limits = limits;
  }

  /** The youngest connection of a worker; its socket is paused and has no listeners of the pool left. */
  take(worker: Worker): OwnedConnection | undefined {
    const idle = this.#byWorker.get(identityOf(worker))?.at(-1);
    if (!idle) return undefined;
    idle.release();
    return { socket: idle.socket, worker: idle.worker, inode: idle.inode };
  }

  /** Keeps a connection, or closes it when there are enough or its server can't bear an idle one. */
  add(connection: OwnedConnection): void {
    const { socket, worker, inode } = connection;
    const key = identityOf(worker);
    const kept = this.#byWorker.get(key) ?? [];
    if (
      kept.length >= this.#limits.maxPerWorker ||
      this.#threadedServices.has(worker.service) ||
      socket.destroyed
    ) {
      socket.destroy();
      return;
    }
    const drop = () => {
      idle.release();
      socket.destroy();
    };
    const tooOld = setTimeout(drop, this.#limits.maxAgeMs);
    const probe = setTimeout(() => {
      if (!occupiesThread(worker.pid, inode)) return;
      this.#threadedServices.add(worker.service);
      this.clear((each) => each.service === worker.service);
    }, 20);
    const idle: Idle = {
      ...connection,
      release: () => {
        clearTimeout(tooOld);
        clearTimeout(probe);
        socket.off('data', drop).off('end', drop).off('error', drop).off('close', drop).pause();
        this.#forget(key, idle);
      },
    };
    // A byte or an end from the server means that it gave the connection up.
    socket.on('data', drop).on('end', drop).on('error', drop).on('close', drop).resume();
    this.#byWorker.set(key, [...kept, idle]);
  }

  /** Closes the connections whose worker the filter names (all without one). */
  clear(filter: (worker: Worker) => boolean = () => true): void {
    for (const idle of [...this.#byWorker.values()].flat()) {
      if (!filter(idle.worker)) continue;
      idle.release();
      idle.socket.destroy();
    }
  }

  get size(): number {
    return [...this.#byWorker.values()].reduce((sum, kept) => sum + kept.length, 0);
  }

  #forget(key: string, idle: Idle): void {
    const kept = (this.#byWorker.get(key) ?? []).filter((each) => each !== idle);
    if (kept.length > 0) this.#byWorker.set(key, kept);
    else this.#byWorker.delete(key);
  }
}
