import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../kit/database.ts';

/** What a limit says to one request. */
export interface Admission {
  readonly verdict: 'admitted' | 'revoked' | 'rate' | 'concurrency';
  /** Requests in a window, those left of it, and the seconds until it is over; null without such a limit. */
  readonly allowed: number | null;
  readonly remaining: number | null;
  readonly resetSeconds: number | null;
  /** Gives the place back; harmless when there is none. */
  readonly leave: () => void;
}

/** Admits requests of keys that have limits. */
export interface KeyPlaces {
  admit(key: string): Promise<Admission>;
  /** Gives back what is still held. */
  end(): Promise<void>;
}

/** A place is given to others when its worker was not heard of for so long. */
const leaseMs = 15_000;
/** The end of an answer reaches its client before its place is free: the next request waits so long for that. */
const lookAgainAfterMs = [20, 60, 120];

/**
 * Counts requests in the database, under a lock of the key's row: no two workers admit the same one twice. A place for a
 * request under way is a row with a lease, which its worker renews, so that one that dies holds none for ever.
 */
export function createKeyPlaces(sql: Sql, leaseSql: Sql, log: Pick<FastifyBaseLogger, 'warn'>): KeyPlaces {
  const held = new Set<string>();
  const leaving = new Set<Promise<unknown>>();

  const renew = async () => {
    if (held.size === 0) return;
    await leaseSql`
      update api_key_places set until = clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})
      where place = any(${[...held]}::uuid[])`;
  };
  const timer = setInterval(() => {
    renew().catch((err) => log.warn({ err }, 'places of keys not renewed'));
  }, leaseMs / 3).unref();

  const leave = (place: string) => {
    if (!held.delete(place)) return;
    // What can't be deleted is not renewed any more either.
    const left = sql`delete from api_key_places where place = ${place}`.catch((err) =>
      log.warn({ err }, 'the place of a key stays until its lease is over'),
    );
    leaving.add(left);
    void left.finally(() => leaving.delete(left));
  };

  const ask = async (key: string): Promise<Admission> => {
    const place = randomUUID();
    held.add(place);
    try {
      const [row] = await sql<Omit<Admission, 'leave'>[]>`
        select verdict, allowed, remaining, reset_seconds as "resetSeconds"
        from admit_key(${key}, ${place}, make_interval(secs => ${leaseMs / 1_000}))`;
      if (row === undefined) throw new Error('The key was given no verdict.');
      if (row.verdict !== 'admitted') held.delete(place);
      return { ...row, leave: () => leave(place) };
    } catch (error) {
      // It may have been given all the same.
      leave(place);
      throw error;
    }
  };

  return {
    admit: async (key) => {
      for (const pauseMs of lookAgainAfterMs) {
        const admission = await ask(key);
        if (admission.verdict !== 'concurrency') return admission;
        await delay(pauseMs);
      }
      return await ask(key);
    },
    end: async () => {
      clearInterval(timer);
      for (const place of held) leave(place);
      await Promise.all(leaving);
    },
  };
}
