import { hash, randomUUID } from 'node:crypto';
import type { ISql } from 'postgres';
import { databaseAnswer } from '../../kit/database-answer.ts';
import type { WakeUps } from '../../kit/wake-ups.ts';
import { keyInUse, keyReused, tooManyKeys } from './idempotency-error.ts';
import { type Answer, type IdempotencyRecords, type KeyScope, newsOf } from './records.ts';

/** A request that may be sent again with its key. */
export interface KeyedRequest {
  readonly tenant: string;
  /** Method and route, as it is declared. */
  readonly route: string;
  /** Without one nothing is remembered. */
  readonly key: string | undefined;
  /** Digest of the body; see `digestOf`. */
  readonly digest: Buffer;
}

/** Keeps the answer in the transaction that has its effect: both are there afterwards, or neither. */
export type Keep = (tx: ISql, answer: Answer) => Promise<void>;

export interface Once {
  /**
   * Acts once for a key and answers every further request with the first answer. `act` must call `keep` inside the
   * transaction of its effect; an answer that was not kept, or an error, leaves the key free for another attempt. A
   * duplicate of an attempt under way waits for its answer; when that one's worker dies, it acts itself.
   *
   * @throws IdempotencyError; the reason of `signal`; what `act` throws
   */
  once(request: KeyedRequest, signal: AbortSignal, act: (keep: Keep) => Promise<Answer>): Promise<Replay>;
}

export interface Replay extends Answer {
  /** An earlier request had this answer first. */
  readonly isReplay: boolean;
}

/** The attempt was taken for dead, and another holds its key now. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** A look without news: the holder may have died, which nobody tells. */
const lookAnywayMs = 500;

export function createOnce(records: IdempotencyRecords, wakeUps: WakeUps, waitMs: number): Once {
  return {
    async once({ key, digest, tenant, route }, signal, act) {
      if (key === undefined) return { ...(await act(async () => undefined)), isReplay: false };
      const scope: KeyScope = { tenant, route, key: hash('sha256', key, 'buffer') };
      const deadline = performance.now() + waitMs;
      for (;;) {
        signal.throwIfAborted();
        const holder = randomUUID();
        // Waiting begins before the look, so that no news can fall between the two.
        const looked = new AbortController();
        const woken = wakeUps.next(newsOf(scope), lookAnywayMs, AbortSignal.any([signal, looked.signal]));
        try {
          const found = await databaseAnswer(records.take(scope, digest, holder));
          if (found.state === 'answered') return { ...found.answer, isReplay: true };
          if (found.state === 'taken') {
            const answer = await attempt(records, scope, holder, act);
            if (answer !== undefined) return { ...answer, isReplay: false };
          } else if (found.state === 'other request') throw keyReused();
          else if (found.state === 'full') throw tooManyKeys();
          if (performance.now() >= deadline) throw keyInUse();
          await woken;
        } finally {
          looked.abort();
        }
      }
    },
  };
}

/** Acts as the holder of the key; `undefined` when another became it meanwhile. */
async function attempt(
  records: IdempotencyRecords,
  scope: KeyScope,
  holder: string,
  act: (keep: Keep) => Promise<Answer>,
): Promise<Answer | undefined> {
  let isKept = false;
  try {
    const answer = await act(async (tx, kept) => {
      if (!(await records.keep(tx, scope, holder, kept)))
        throw new LeaseLostError('Another attempt took over.');
      isKept = true;
    });
    if (!isKept) await free();
    return answer;
  } catch (error) {
    if (error instanceof LeaseLostError) return undefined;
    // If its transaction was committed all the same, the answer stays, and the next request has it.
    await free();
    throw error;
  }

  async function free(): Promise<void> {
    // A database that is gone frees the key by the end of its lease.
    await databaseAnswer(records.free(scope, holder)).catch(() => undefined);
  }
}
