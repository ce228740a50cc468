/** One connection of a link. Times are epoch milliseconds. */
export interface ConnectionEntry {
  readonly link: string;
  /** From 1, in order of acceptance. */
  readonly ordinal: number;
  readonly openedAt: number;
  closedAt?: number;
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

export function addOperation(entry: ConnectionEntry, operation: string): void {
  if (entry.operations.at(-1) === operation) return;
  entry.operations.push(operation);
  if (entry.operations.length > operationLimit) entry.operations.shift();
}

export interface ConnectionQuery {
  readonly link?: string;
  readonly operation?: string;
}

/** The latest connections, in order of acceptance. */
export class ConnectionJournal {
  readonly #entries: ConnectionEntry[] = [];
  readonly #capacity: number;

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

  find({ link, operation }: ConnectionQuery): readonly ConnectionEntry[] {
    return this.#entries.filter(
      (entry) =>
        (link === undefined || entry.link === link) &&
        (operation === undefined || entry.operations.includes(operation)),
    );
  }
}
