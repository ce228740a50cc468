import { Pool } from 'undici';
import { ask, chatBody } from './ask.ts';
import type { Subject } from './subject.ts';

/** What one block of requests showed. */
export interface Block {
  readonly totalsMs: readonly number[];
  readonly firstsMs: readonly number[];
  readonly perSecond: number;
}

export interface BlockShape {
  readonly concurrency: number;
  readonly stream: boolean;
  /** Ends when one of them is reached, `requests` or `ms`. */
  readonly requests: number;
  readonly ms: number;
  readonly body?: Buffer;
}

const leadIn = 10;
const idleMs = 3_600_000;

/** Kept connections to a subject, as many as requests are under way at a time. */
export class Load {
  readonly #subject: Subject;
  readonly #pools = new Map<number, Pool>();

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** Sends requests, `concurrency` at a time, and measures all but the first of each sender's share of the lead-in. */
  async block({ concurrency, stream, requests, ms, body }: BlockShape): Promise<Block> {
    const pool = this.#poolOf(concurrency);
    const bytes = body ?? chatBody(this.#subject.model, stream);
    const send = () => ask(pool, this.#subject, bytes, stream);
    await senders(concurrency, async () => {
      for (let count = 0; count < Math.ceil(leadIn / concurrency); count += 1) await send();
    });
    const totalsMs: number[] = [];
    const firstsMs: number[] = [];
    const startedAt = performance.now();
    let left = requests;
    await senders(concurrency, async () => {
      while (left > 0 && performance.now() - startedAt < ms) {
        left -= 1;
        const { totalMs, firstMs } = await send();
        totalsMs.push(totalMs);
        firstsMs.push(firstMs);
      }
    });
    return { totalsMs, firstsMs, perSecond: totalsMs.length / ((performance.now() - startedAt) / 1000) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #poolOf(connections: number): Pool {
    const known = this.#pools.get(connections);
    if (known) return known;
    const options = { connections, keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs };
    const pool = new Pool(this.#subject.url, options);
    this.#pools.set(connections, pool);
    return pool;
  }
}

async function senders(count: number, send: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, send));
}
