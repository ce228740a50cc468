import { EventEmitter, once } from 'node:events';

/** One connection of a link. Times are epoch milliseconds. */
export interface ConnectionEntry {
  readonly link: string;
  /** From 1, in order of acceptance. */
  readonly ordinal: number;
  readonly openedAt: number;
  closedAt?: number;
  /** The near end of the connection to the target, once there is one: by it the target's side tells who owns it. */
  upstream?: { readonly address: string; readonly port: number };
  bytesToTarget: number;
  bytesToClient: number;
  /** Requests begun (HTTP) or turns taken (other protocols). */
  exchanges: number;
  /** Operation ids seen in requests, the latest ones. */
  readonly operations: string[];
  /** Who ended it first, and how. */
  ended?: Ended;
}

export interface Ended {
  readonly by: 'client' | 'target' | 'fault' | 'wire';
  readonly how: 'fin' | 'reset' | 'unreachable' | 'silence' | 'half-open' | 'refused' | 'shutdown';
  /** Error code of the operating system. */
  readonly code?: string;
  /** Id of the fault. */
  readonly fault?: string;
}

const operationLimit = 100;

export interface ConnectionQuery {
  readonly link?: string;
  readonly operation?: string;
}

export interface CarrierQuery {
  readonly link: string;
  readonly operation: string;
  readonly not?: number;
}

/** The latest connections, in order of acceptance. */
export class ConnectionJournal {
  readonly #entries: ConnectionEntry[] = [];
  readonly #capacity: number;
  /** By link and operation: the connection that was the last to carry it. */
  readonly #carriers = new Map<string, ConnectionEntry>();
  readonly #changes = new EventEmitter().setMaxListeners(0);

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  open(link: string, ordinal: number): ConnectionEntry {
    const entry: ConnectionEntry = {
      link,
      ordinal,
      openedAt: Date.now(),
      bytesToTarget: 0,
      bytesToClient: 0,
      exchanges: 0,
      operations: [],
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#capacity) this.#entries.shift();
    return entry;
  }

  /** Notes that a request on the connection carries an operation. */
  carry(entry: ConnectionEntry, operation: string): void {
    const { link, operations } = entry;
    if (operations.at(-1) !== operation) operations.push(operation);
    if (operations.length > operationLimit) operations.shift();
    const key = carrierKey(link, operation);
    this.#carriers.delete(key);
    this.#carriers.set(key, entry);
    const [oldest] = this.#carriers.size > this.#capacity ? this.#carriers.keys() : [];
    if (oldest !== undefined) this.#carriers.delete(oldest);
    this.#changes.emit('change');
  }

  connected(entry: ConnectionEntry, upstream: ConnectionEntry['upstream']): void {
    if (upstream !== undefined) entry.upstream = upstream;
    this.#changes.emit('change');
  }

  /**
   * The connection of a link that carries an operation, once it has reached the target; the latest of several.
   * @param not number of a connection that is known already: waits for another one
   */
  async carrier(
    { link, operation, not }: CarrierQuery,
    signal: AbortSignal,
  ): Promise<ConnectionEntry | undefined> {
    for (;;) {
      const entry = this.#carriers.get(carrierKey(link, operation));
      if (entry?.upstream !== undefined && entry.ordinal !== not) return entry;
      if (signal.aborted) return undefined;
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
  }

  find({ link, operation }: ConnectionQuery): readonly ConnectionEntry[] {
    return this.#entries.filter(
      (entry) =>
        (link === undefined || entry.link === link) &&
        (operation === undefined || entry.operations.includes(operation)),
    );
  }
}

const carrierKey = (link: string, operation: string) => `${link} ${operation}`;
