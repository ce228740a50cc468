import type { FastifyBaseLogger } from 'fastify';
import type { UpstreamOutcome } from '../model/model-call.ts';
import { count, type UsageTallies } from './usage-tally.ts';

/** Tallies with the number they have among those of their worker: written once, however often they are sent. */
export interface UsageBatch {
  readonly number: number;
  readonly tallies: UsageTallies;
}

/** Counts what one worker's requests came to and writes it down in batches, off the path of the requests. */
export interface UsageJournal {
  record(outcome: UpstreamOutcome): void;
  /** Resolves when everything recorded before is written; rejects when the database took it not. */
  flush(): Promise<void>;
}

export interface UsageJournalOptions {
  /** An outcome is written at the latest so long after it was recorded. */
  readonly everyMs?: number;
  readonly retryMs?: number;
}

/**
 * A journal over `write`, which must take a batch of a known number as done. A batch that was not acknowledged is sent
 * again as it was; what comes meanwhile adds to the next, so that a database that is away costs no more memory.
 */
export function createUsageJournal(
  write: (batch: UsageBatch) => Promise<void>,
  log: Pick<FastifyBaseLogger, 'warn'>,
  { everyMs = 200, retryMs = 1_000 }: UsageJournalOptions = {},
): UsageJournal {
  let waiting: UsageTallies = new Map();
  let unacknowledged: UsageBatch | undefined;
  let batches = 0;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const schedule = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      flush().catch(() => undefined);
    }, ms);
  };

  const writeOne = async () => {
    const batch = unacknowledged;
    if (batch === undefined) return;
    await write(batch);
    unacknowledged = undefined;
  };

  const writeAll = async () => {
    await writeOne();
    if (waiting.size === 0) return;
    batches += 1;
    unacknowledged = { number: batches, tallies: waiting };
    waiting = new Map();
    await writeOne();
  };

  const flush = (): Promise<void> => {
    const done = writing.then(writeAll);
    writing = done.catch((error: Error) => {
      log.warn({ err: error }, 'usage could not be written, it is kept and tried again');
      schedule(retryMs);
    });
    return done;
  };

  return {
    record: (outcome) => {
      count(waiting, outcome);
      if (timer === undefined) schedule(everyMs);
    },
    flush,
  };
}
