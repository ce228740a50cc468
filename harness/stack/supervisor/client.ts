import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { gauntletError } from '../../errors.ts';
import { runFolder } from '../run-folder.ts';
import { type Message, type ProcessOrder, type Request, receive, send } from './messages.ts';

type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;
export type ExitEvent = Extract<Message, { event: 'exit' }>;

/** A connection to a run's supervisor. */
export class Supervisor {
  readonly pid: number | undefined;
  readonly #runId: string;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve: (pid: number) => void; reject: (error: Error) => void }>();
  readonly #exitListeners = new Set<(event: ExitEvent) => void>();
  #lastId = 0;

  constructor(runId: string, socket: Socket, pid?: number) {
    this.#runId = runId;
    this.#socket = socket;
    this.pid = pid;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values())
        reject(gauntletError('GNT_SUPERVISOR_LOST', runId, 'it is gone'));
      this.#waiting.clear();
    });
    receive<Message>(socket, (message) => this.#handle(message));
  }

  onExit(listener: (event: ExitEvent) => void): void {
    this.#exitListeners.add(listener);
  }

  /** Starts a process; resolves to its pid. */
  start(order: ProcessOrder): Promise<number> {
    return this.#ask({ do: 'start', order });
  }

  /** @param workers from now on so many, or again as many as planned; as before when not given */
  restart(service: string, workers?: number | 'planned'): Promise<number> {
    return this.#ask({ do: 'restart', service, ...(workers === undefined ? {} : { workers }) });
  }

  /** Ends a service's processes at once; resolves to the pid that it had. `restart` starts it again, the supervisor after `reviveAfterMs`. */
  kill(service: string, reviveAfterMs: number): Promise<number> {
    return this.#ask({ do: 'kill', service, reviveAfterMs });
  }

  /** Engine commands that undo a fault: run after `afterMs`, even when whoever asked is gone by then. */
  async undoLater(name: string, commands: readonly (readonly string[])[], afterMs: number): Promise<void> {
    await this.#ask({ do: 'undo-later', name, commands, afterMs });
  }

  /** Runs them now, unless they have run. */
  async undoNow(name: string): Promise<void> {
    await this.#ask({ do: 'undo-now', name });
  }

  /** From now on the stack outlives this process. */
  async release(): Promise<void> {
    await this.#ask({ do: 'release' });
  }

  /** Removes the whole run and ends the supervisor. */
  async down(): Promise<void> {
    await this.#ask({ do: 'down' });
    this.close();
  }

  async own(): Promise<void> {
    await this.#ask({ do: 'own' });
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(request: Ask): Promise<number> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed)
        return reject(gauntletError('GNT_SUPERVISOR_LOST', this.#runId, 'it is gone'));
      this.#waiting.set(id, { resolve, reject });
      send(this.#socket, { id, ...request } as Request);
    });
  }

  #handle(message: Message): void {
    if ('event' in message) {
      for (const listener of this.#exitListeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.pid ?? 0);
    else waiting?.reject(new Error(message.error));
  }
}

/** Starts the supervisor of a run, owned by this process. */
export async function startSupervisor(runId: string, engine: boolean): Promise<Supervisor> {
  const log = openSync(join(runFolder(runId), 'logs', 'supervisor.log'), 'a');
  const script = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [script, runId, engine ? 'engine' : 'no-engine'], {
    detached: true,
    stdio: ['ignore', 'pipe', log],
    // The supervisor ends what carries the run's name, so it must not carry it.
    env: { ...process.env, GAUNTLET_RUN: undefined },
  });
  closeSync(log);
  const output = child.stdout as Readable;
  const [first] = await Promise.race([once(output, 'data'), once(child, 'exit')]);
  if (typeof first === 'number') throw gauntletError('GNT_SUPERVISOR_LOST', runId, `it exited with ${first}`);
  output.destroy();
  child.unref();
  const supervisor = await connectSupervisor(runId, child.pid);
  await supervisor.own();
  return supervisor;
}

/** Connects to the supervisor of a kept run. Throws GNT_SUPERVISOR_LOST. */
export async function connectSupervisor(runId: string, pid?: number): Promise<Supervisor> {
  const socket = connect(join(runFolder(runId), 'supervisor.sock'));
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw gauntletError('GNT_SUPERVISOR_LOST', runId, cause);
  }
  return new Supervisor(runId, socket, pid);
}

/** Asks the supervisor of a run one thing. @throws GauntletError GNT_SUPERVISOR_LOST */
export async function supervised<T>(runId: string, ask: (supervisor: Supervisor) => Promise<T>): Promise<T> {
  const supervisor = await connectSupervisor(runId);
  try {
    return await ask(supervisor);
  } finally {
    supervisor.close();
  }
}
