import { setTimeout as delay } from 'node:timers/promises';

/** A write as its client saw it. Times are milliseconds since the epoch. */
export interface Acknowledged {
  readonly begunAt: number;
  readonly at: number;
}

/** An attempt that was not acknowledged; `status` is 0 where no answer came. */
export interface Refusal {
  readonly at: number;
  readonly status: number;
  readonly said: string;
}

/** Writes of one kind, with what was acknowledged, to be found again. */
export interface Ledger {
  readonly name: string;
  readonly acknowledged: readonly Acknowledged[];
  readonly refusals: readonly Refusal[];
  /** Makes one write and tries again until it is acknowledged; then reads what it wrote. @throws when 60 s were not enough */
  write(client: number): Promise<void>;
  /** What of all that was acknowledged is lost, doubled or out of order: a sentence each. For when nobody writes any more. */
  account(): Promise<readonly string[]>;
}

/** An attempt at a write: what it is worth, or how it was refused. */
export type Attempt<T> = { readonly done: T } | { readonly status: number; readonly said: string };

/** What a kind of writes has in common with the others: its notes. */
export interface Notes {
  readonly acknowledged: Acknowledged[];
  readonly refusals: Refusal[];
  /** What was found wrong on the way. */
  readonly wrong: string[];
}

export const newNotes = (): Notes => ({ acknowledged: [], refusals: [], wrong: [] });

const withinMs = 60_000;
const pauseMs = 50;

/**
 * Tries until an attempt is done, and notes all of it. What an attempt throws is taken for an answer that did not come.
 *
 * @throws when none is done within 60 s
 */
export async function untilDone<T>(
  notes: Notes,
  what: string,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const begunAt = Date.now();
    const result = await attempt().catch(
      (error: unknown): Attempt<T> => ({ status: 0, said: wordsOf(error) }),
    );
    if ('done' in result) {
      notes.acknowledged.push({ begunAt, at: Date.now() });
      return result.done;
    }
    notes.refusals.push({ at: Date.now(), ...result });
    if (Date.now() - begun > withinMs) {
      throw new Error(`${what} was not done within ${withinMs} ms: ${result.status} ${result.said}`);
    }
    await delay(pauseMs);
  }
}

/** The same for a read: refusals are noted, and that it was done is not a write. */
export async function untilRead<T>(
  notes: Notes,
  what: string,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  return untilDone({ ...notes, acknowledged: [] }, what, attempt);
}

/** What is there more than once. */
export const doubled = (values: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))];
};

/** The beginning of a body, for people. */
export const shown = (body: unknown): string =>
  (typeof body === 'string' ? body : (JSON.stringify(body) ?? '')).slice(0, 160);

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return shown(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
