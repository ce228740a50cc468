import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../until.ts';
import type { Ledger, Refusal } from './ledger.ts';

/** A steady load of writes and reads. */
export interface Load {
  /** Resolves when so many more writes of each kind were acknowledged. */
  more(writes: number, boundMs?: number): Promise<void>;
  /** Writes of any kind that were begun and acknowledged between two times. */
  within(from: number, to: number): readonly { readonly name: string }[];
  /** What was refused since then. */
  refusedSince(at: number): readonly (Refusal & { readonly name: string })[];
  /** Ends the load, once what is under way is done; resolves to what is wrong with what was acknowledged. */
  account(): Promise<readonly string[]>;
  /** Ends it and looks at nothing; resolves to the writes that were never done. */
  stop(): Promise<readonly string[]>;
}

export interface LoadOptions {
  /** Clients of each kind. */
  readonly clients?: number;
  /** Between two writes of a client. */
  readonly pauseMs?: number;
}

/** More tell no more. */
const mostFindings = 20;

/** Writes to all ledgers at once until it is ended. */
export function startLoad(ledgers: readonly Ledger[], { clients = 2, pauseMs = 25 }: LoadOptions = {}): Load {
  let isOver = false;
  const failures: string[] = [];
  const write = async (ledger: Ledger, client: number) => {
    while (!isOver) {
      await ledger.write(client).catch((error: Error) => failures.push(`${ledger.name}: ${error.message}`));
      await delay(pauseMs);
    }
  };
  const writers = ledgers.flatMap((ledger) =>
    Array.from({ length: clients }, (_, client) => write(ledger, client)),
  );
  const stop = async () => {
    isOver = true;
    await Promise.all(writers);
    return failures;
  };
  return {
    async more(writes, boundMs = 60_000) {
      const before = ledgers.map(({ acknowledged }) => acknowledged.length);
      const lacking = () =>
        ledgers.filter(({ acknowledged }, at) => acknowledged.length < (before[at] ?? 0) + writes);
      const told = () => lacking().map(({ name, refusals }) => `${name} (${refusals.at(-1)?.said})`);
      await until('more writes', () => lacking().length === 0, boundMs).catch((error: Error) => {
        throw new Error(`${error.message}: ${told().join(', ')}`);
      });
    },
    within: (from, to) =>
      ledgers.flatMap(({ name, acknowledged }) =>
        acknowledged
          .filter(({ begunAt, at }) => begunAt >= from && at <= to)
          .map((each) => ({ name, ...each })),
      ),
    refusedSince: (since) =>
      ledgers.flatMap(({ name, refusals }) =>
        refusals.filter(({ at }) => at >= since).map((refusal) => ({ name, ...refusal })),
      ),
    async account() {
      await stop();
      const findings = await Promise.all(ledgers.map((ledger) => ledger.account()));
      return [...failures, ...findings.flat()].slice(0, mostFindings);
    },
    stop,
  };
}
