import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Lag, type Target } from './connection.ts';
import type { ConnectionJournal } from './connection-journal.ts';
import { lagMs } from './fault-plan.ts';
import type { FaultRegister } from './fault-register.ts';
import type { Hit } from './hit.ts';

export interface LinkSettings {
  readonly name: string;
  /** 0 = any free port. */
  readonly listen: number;
  readonly target: Target;
}

export interface LinkOptions {
  readonly host: string;
  readonly maxConnections: number;
  readonly register: FaultRegister;
  readonly journal: ConnectionJournal;
  readonly onError: (error: Error) => void;
}

const relistenPauseMs = 50;
const relistenTries = 200;

/** One link of the stack: a port of its own in front of a target. */
export class Link {
  readonly settings: LinkSettings;
  readonly #options: LinkOptions;
  readonly #open = new Map<object, () => void>();
  /** Faults of the whole link that are not over. */
  readonly #disturbed = new Set<Hit>();
  #server: Server | undefined;
  #port: number;
  #accepted = 0;
  #dropped = 0;
  #closed = false;

  constructor(settings: LinkSettings, options: LinkOptions) {
    this.settings = settings;
    this.#options = options;
    this.#port = settings.listen;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get listening(): boolean {
    return this.#server !== undefined;
  }

  /** @throws the system's error when the port is taken */
  async listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
    server.listen(this.#port, this.#options.host);
    await once(server, 'listening');
    server.on('error', this.#options.onError);
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    if (this.#closed) server.close();
  }

  /**
   * Begins what a fault means for the whole link; closes the listener if one means the connection that comes next. Call
   * it when a fault was added.
   */
  review(): void {
    const { register } = this.#options;
    const whole = register.match('link', { link: this.settings.name, connection: this.#accepted });
    if (whole !== undefined) this.#disturb(whole);
    if (this.#server === undefined) return;
    const hit = register.match('listener', { link: this.settings.name, connection: this.#accepted + 1 });
    if (hit === undefined) return;
    this.#server.close();
    this.#server = undefined;
    hit.fire(0);
    hit.over.addEventListener('abort', () => void this.#relisten().catch(this.#options.onError), {
      once: true,
    });
  }

  close(): void {
    this.#closed = true;
    this.#server?.close();
    for (const end of [...this.#open.values()]) end();
  }

  toJSON(): object {
    const { name, target } = this.settings;
    return {
      name,
      port: this.#port,
      target: `${target.host}:${target.port}`,
      listening: this.listening,
      accepted: this.#accepted,
      open: this.#open.size,
      dropped: this.#dropped,
    };
  }

  #disturb(hit: Hit): void {
    this.#disturbed.add(hit);
    hit.over.addEventListener('abort', () => this.#disturbed.delete(hit), { once: true });
    if (hit.effect.kind !== 'sever' || this.#open.size === 0) return;
    hit.fire(0);
    for (const end of [...this.#open.values()]) end();
  }

  /** How late the bytes of a connection are at the moment, and what makes them so. */
  #lagOf(ordinal: number): Lag | undefined {
    for (const hit of this.#disturbed) {
      const ms = hit.live && hit.effect.kind === 'lag' ? lagMs(hit.effect.delayMs, ordinal) : 0;
      if (ms > 0) return { ms, hit };
    }
    return undefined;
  }

  #accept(client: Socket): void {
    const severed = [...this.#disturbed].find(({ live, effect }) => live && effect.kind === 'sever');
    severed?.fire(0);
    if (severed || this.#open.size >= this.#options.maxConnections) {
      this.#dropped += 1;
      client.resetAndDestroy();
      return;
    }
    this.#accepted += 1;
    const { register, journal } = this.#options;
    const entry = journal.open(this.settings.name, this.#accepted);
    const hit = register.match('accept', { link: entry.link, connection: entry.ordinal });
    if (hit === undefined) {
      const closed = () => void this.#open.delete(connection);
      const options = { register, journal, closed, lag: () => this.#lagOf(entry.ordinal) };
      const connection = new Connection(client, this.settings.target, entry, options);
      this.#open.set(connection, () => connection.destroy());
    } else {
      const how = hit.effect.kind === 'refuse' ? 'refused' : 'half-open';
      entry.ended = { by: 'fault', how, fault: hit.fault };
      this.#open.set(client, () => client.destroy());
      client.once('close', () => {
        this.#open.delete(client);
        entry.closedAt = Date.now();
        hit.end();
      });
      leaveUnanswered(client, hit);
    }
    this.review();
  }

  async #relisten(): Promise<void> {
    for (let tries = 1; !this.#closed; tries += 1) {
      try {
        await this.listen();
        this.review();
        return;
      } catch (error) {
        // Somebody may use the port for a moment as the local end of a connection of theirs.
        if (tries === relistenTries) throw error;
        await sleep(relistenPauseMs);
      }
    }
  }
}

/** A client that no target will ever hear: closed at once, or kept until it goes or the fault is over. */
function leaveUnanswered(client: Socket, hit: Hit): void {
  hit.fire(0);
  client.on('error', () => {});
  client.resume();
  const { effect } = hit;
  if (effect.kind === 'refuse' && effect.by !== 'fin') {
    client.resetAndDestroy();
    return;
  }
  if (effect.kind === 'refuse') client.end();
  client.once('end', () => client.destroy());
  hit.over.addEventListener('abort', () => client.resetAndDestroy(), { once: true });
}
