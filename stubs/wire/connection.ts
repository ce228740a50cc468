import { connect, type Socket } from 'node:net';
import type { ConnectionEntry, ConnectionJournal, Ended } from './connection-journal.ts';
import { Conversation } from './conversation.ts';
import type { Direction } from './fault-plan.ts';
import type { FaultRegister } from './fault-register.ts';
import type { Hit } from './hit.ts';
import { Lane, type LaneStep } from './lane.ts';
import { type Guide, Pump } from './pump.ts';
import { reset, resetWhenFlushed } from './reset-socket.ts';

const connectTimeoutMs = 10_000;
const lingerMs = 5_000;

export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface ConnectionOptions {
  readonly register: FaultRegister;
  readonly journal: ConnectionJournal;
  /** Called when both sides are gone. */
  readonly closed: () => void;
  /** How late what comes now is to be passed on. */
  readonly lag: () => Lag | undefined;
}

/** What a lagging link does to a connection. */
export interface Lag {
  readonly ms: number;
  readonly hit: Hit;
}

/** A client's connection and the one to the target, joined; ends with both. */
export class Connection {
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #entry: ConnectionEntry;
  readonly #conversation = new Conversation();
  readonly #lanes: Readonly<Record<Direction, Lane>>;
  readonly #pumps: Readonly<Record<Direction, Pump>>;
  readonly #journal: ConnectionJournal;
  readonly #closed: () => void;
  readonly #lag: () => Lag | undefined;
  /** A fault has taken over; ends are no longer passed on. */
  #severed = false;
  #open = 2;

  constructor(client: Socket, target: Target, entry: ConnectionEntry, options: ConnectionOptions) {
    const { register, journal, closed, lag } = options;
    this.#client = client;
    this.#target = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#entry = entry;
    this.#journal = journal;
    this.#closed = closed;
    this.#lag = lag;
    const place = { link: entry.link, connection: entry.ordinal };
    this.#lanes = {
      request: new Lane(register, { ...place, direction: 'request' }),
      response: new Lane(register, { ...place, direction: 'response' }),
    };
    this.#pumps = {
      request: new Pump(client, this.#target, this.#guide('request')),
      response: new Pump(this.#target, client, this.#guide('response')),
    };
    this.#target.once('connect', () => {
      const { localAddress: address = '', localPort: port = 0 } = this.#target;
      journal.connected(entry, { address, port });
    });
    this.#limitConnecting();
    this.#watch('client', client, this.#target);
    this.#watch('target', this.#target, client);
  }

  destroy(): void {
    this.#note({ by: 'wire', how: 'shutdown' });
    this.#reset();
  }

  #guide(direction: Direction): Guide {
    const lane = this.#lanes[direction];
    const plan =
      direction === 'request'
        ? (chunk: Buffer) => lane.plan(this.#requestSegments(chunk))
        : (chunk: Buffer) => lane.plan(this.#conversation.fromTarget(chunk));
    return {
      plan: (chunk) => {
        const steps = plan(chunk);
        const lag = this.#lag();
        return lag === undefined ? steps : late(lag, steps ?? [{ do: 'write', bytes: chunk }]);
      },
      end: () => lane.end(),
      passed: (bytes) => {
        this.#entry[direction === 'request' ? 'bytesToTarget' : 'bytesToClient'] += bytes;
      },
      stop: (step) => this.#stop(direction, step),
    };
  }

  #requestSegments(chunk: Buffer) {
    const segments = this.#conversation.fromClient(chunk);
    this.#entry.exchanges = this.#conversation.exchanges;
    for (const { marks } of segments) {
      for (const { operation } of marks) this.#journal.carry(this.#entry, operation);
    }
    return segments;
  }

  #watch(side: 'client' | 'target', socket: Socket, other: Socket): void {
    let code: string | undefined;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code;
      const unreachable = socket.connecting || error.syscall === 'connect';
      this.#note({ by: side, how: unreachable ? 'unreachable' : 'reset', ...(code ? { code } : {}) });
    });
    socket.on('end', () => this.#note({ by: side, how: 'fin' }));
    socket.on('close', () => {
      if (!this.#severed && (code !== undefined || !socket.readableEnded)) resetWhenFlushed(other);
      this.#open -= 1;
      if (this.#open === 0) this.#finish();
    });
  }

  #limitConnecting(): void {
    const timer = setTimeout(() => {
      this.#note({ by: 'target', how: 'unreachable', code: 'ETIMEDOUT' });
      this.#reset();
    }, connectTimeoutMs).unref();
    this.#target.once('connect', () => clearTimeout(timer));
    this.#target.once('close', () => clearTimeout(timer));
  }

  #finish(): void {
    this.#entry.closedAt = Date.now();
    this.#lanes.request.drop();
    this.#lanes.response.drop();
    this.#closed();
  }

  #stop(direction: Direction, { by, hit }: Extract<LaneStep, { do: 'stop' }>): void {
    this.#note({ by: 'fault', how: by === 'rst' ? 'reset' : by, fault: hit.fault });
    const [from, to] = direction === 'response' ? [this.#target, this.#client] : [this.#client, this.#target];
    if (by === 'silence') {
      this.#pumps[direction].hold();
      this.#until(hit, () => this.#reset());
      return;
    }
    this.#severed = true;
    this.#pumps.request.discard();
    this.#pumps.response.discard();
    if (by === 'half-open') {
      reset(this.#target);
      this.#client.once('end', () => this.#client.destroy());
      this.#until(hit, () => reset(this.#client));
    } else if (by === 'fin') {
      to.end();
      reset(from);
      // Closing with bytes unread would turn the FIN into a RST, so the reader has some time to close first.
      to.once('end', () => to.destroy());
      const timer = setTimeout(() => to.destroy(), lingerMs).unref();
      to.once('close', () => clearTimeout(timer));
      hit.end();
    } else {
      resetWhenFlushed(to);
      reset(from);
      hit.end();
    }
  }

  #until(hit: Hit, then: () => void): void {
    if (hit.over.aborted) then();
    else hit.over.addEventListener('abort', then, { once: true });
  }

  #reset(): void {
    this.#severed = true;
    for (const socket of [this.#client, this.#target]) {
      if (socket.connecting) socket.destroy();
      else reset(socket);
    }
  }

  #note(ended: Ended): void {
    this.#entry.ended ??= ended;
  }
}

function* late({ ms, hit }: Lag, steps: Iterable<LaneStep>): Iterable<LaneStep> {
  hit.fire(0);
  yield { do: 'wait', ms, until: hit.over };
  yield* steps;
}
