import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { FaultPlan } from './fault-plan.ts';
import { Wire } from './wire.ts';

/** Less than a test may take, so that it says what it waited for. */
const withinMs = 4_000;

/** A target, the wire in front of it as link `a>b`, and clients of it; all on loopback, all gone after `close`. */
export class TestWire {
  readonly wire: Wire;
  readonly port: number;
  readonly #sockets: Set<Socket>;
  readonly #stopTarget: () => void;

  private constructor(wire: Wire, sockets: Set<Socket>, stopTarget: () => void) {
    this.wire = wire;
    this.port = (JSON.parse(JSON.stringify(wire.links.get('a>b'))) as { port: number }).port;
    this.#sockets = sockets;
    this.#stopTarget = stopTarget;
  }

  /** @param target what the target does with each of its connections */
  static raw(target: (socket: Socket) => void): Promise<TestWire> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, target);
    return TestWire.#before(server);
  }

  static http(target: http.RequestListener): Promise<TestWire> {
    return TestWire.#before(http.createServer(target));
  }

  static async #before(server: ReturnType<typeof createServer> | http.Server): Promise<TestWire> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const wire = await openWire(port);
    return new TestWire(wire, sockets, () => server.close());
  }

  add(id: string, plan: Omit<FaultPlan, 'match'> & { match: Partial<FaultPlan['match']> }): void {
    this.wire.addFault(id, { ...plan, match: { link: 'a>b', ...plan.match } });
  }

  async fired(id: string, event: 'fired' | 'over' = 'fired'): Promise<FaultView> {
    const fault = await this.wire.register.wait(id, event, AbortSignal.timeout(withinMs));
    if (fault === undefined) throw new Error(`Fault ${id} is not ${event}.`);
    return this.view(id);
  }

  /** Resolves when the link takes connections again. */
  async listening(): Promise<void> {
    const limit = Date.now() + withinMs;
    while (!this.wire.links.get('a>b')?.listening) {
      if (Date.now() > limit) throw new Error('The link does not listen.');
      await new Promise(setImmediate);
    }
  }

  view(id: string): FaultView {
    return JSON.parse(JSON.stringify(this.wire.register.get(id))) as FaultView;
  }

  /** How long the first hit of a fault lasted. */
  lastedMs(id: string): number {
    const [hit] = this.view(id).hits;
    return (hit?.overAt ?? 0) - (hit?.firedAt ?? 0);
  }

  connect(port = this.port): Client {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#sockets.add(socket);
    return new Client(socket);
  }

  close(): void {
    this.wire.close();
    this.#stopTarget();
    for (const socket of this.#sockets) socket.destroy();
  }
}

export interface FaultView {
  readonly state: string;
  readonly matched: number;
  readonly fired: number;
  readonly connection?: number;
  readonly bytesPassed?: number;
  readonly framesPassed?: number;
  readonly hits: readonly { readonly firedAt: number; readonly overAt?: number }[];
}

export async function openWire(targetPort: number): Promise<Wire> {
  const wire = new Wire({
    host: '127.0.0.1',
    links: [{ name: 'a>b', listen: 0, target: { host: '127.0.0.1', port: targetPort } }],
    maxConnections: 50,
    journalCapacity: 100,
    onError: () => {},
  });
  await wire.listen();
  return wire;
}

/** A client that keeps what it got, and how the connection ended for it. */
export class Client {
  readonly socket: Socket;
  #received: Buffer[] = [];
  end: 'none' | 'fin' | 'reset' = 'none';
  code: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
    });
    socket.on('end', () => {
      this.end = 'fin';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.end = 'reset';
      this.code = error.code;
    });
  }

  get bytes(): Buffer {
    if (this.#received.length > 1) this.#received = [Buffer.concat(this.#received)];
    return this.#received[0] ?? Buffer.alloc(0);
  }

  get length(): number {
    return this.#received.reduce((sum, { length }) => sum + length, 0);
  }

  get text(): string {
    return this.bytes.toString();
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** Resolves when the text is there; rejects when it does not come in time, or when the connection ends before. */
  async until(condition: (client: Client) => boolean): Promise<this> {
    const limit = AbortSignal.timeout(withinMs);
    while (!condition(this)) {
      const change = new AbortController();
      const signal = AbortSignal.any([change.signal, limit]);
      const events = ['data', 'end', 'close', 'error'].map((name) => once(this.socket, name, { signal }));
      await Promise.race(events).catch(() => undefined);
      for (const event of events) event.catch(() => undefined);
      change.abort();
      if (limit.aborted)
        throw new Error(`Not within ${withinMs} ms; so far ${this.end}: ${this.text.slice(0, 500)}`);
    }
    return this;
  }

  has(text: string): Promise<this> {
    return this.until(() => this.bytes.includes(text));
  }

  ended(how: 'fin' | 'reset'): Promise<this> {
    return this.until(() => this.end === how);
  }
}

export function closed(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined || socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** A chat request that carries an operation id. */
export function request(operation: string, extra = ''): string {
  const body = JSON.stringify({ messages: [{ role: 'user', content: `Hello [[op=${operation}]]${extra}` }] });
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: b\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
