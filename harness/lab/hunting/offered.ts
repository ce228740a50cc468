import type { CompletionEvent } from '../../history/events.ts';
import { stepOf } from '../../history/step-of.ts';
import { operationsOf } from '../../plan/plan.ts';
import type { PlanOutcome } from '../running/run-plan.ts';

/** What a server says to a route, a method or a kind of request that it does not know. */
const unknownRoute = [400, 404, 405, 501];
/** So many attempts, in more than one run, while other operations of the run succeeded. */
const attemptsNeeded = 4;
const runsNeeded = 2;

interface Attempts {
  total: number;
  runs: number;
  readonly statuses: Set<number>;
}

/** An operation that the subject does not offer, and what it said each time. */
export interface LeftOut {
  readonly operation: string;
  readonly why: string;
}

/** Finds out which operations of a workload a subject does not offer: every attempt was refused as unknown, and nothing else was. */
export class Offered {
  readonly #refused = new Map<string, Attempts>();
  /** Answered in another way, once at least: they are offered. */
  readonly #known = new Set<string>();
  readonly #leftOut = new Map<string, LeftOut>();

  get leftOut(): readonly LeftOut[] {
    return [...this.#leftOut.values()];
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#leftOut.keys());
  }

  /** Returns what has just turned out not to be offered. */
  add({ plan, history }: Pick<PlanOutcome, 'plan' | 'history'>): readonly LeftOut[] {
    const names = new Map(operationsOf(plan).map(({ id, name }) => [id, name]));
    const ends = history.events.filter(
      (event): event is CompletionEvent => event.type !== 'invoke' && event.type !== 'fault',
    );
    const isAlive = ends.some(({ type }) => type === 'ok');
    const refusedHere = new Set<string>();
    for (const event of ends) {
      const name = names.get(stepOf(event.op));
      if (name === undefined || this.#known.has(name)) continue;
      const status = statusOf(event);
      if (status === undefined && event.type !== 'ok') continue;
      if (event.type === 'ok' || status === undefined || !unknownRoute.includes(status)) {
        this.#known.add(name);
        this.#refused.delete(name);
        this.#leftOut.delete(name);
        continue;
      }
      if (!isAlive) continue;
      const attempts = this.#refused.get(name) ?? { total: 0, runs: 0, statuses: new Set<number>() };
      this.#refused.set(name, attempts);
      attempts.total += 1;
      attempts.statuses.add(status);
      refusedHere.add(name);
    }
    for (const name of refusedHere) {
      const attempts = this.#refused.get(name);
      if (attempts) attempts.runs += 1;
    }
    return this.#settle();
  }

  #settle(): readonly LeftOut[] {
    const news: LeftOut[] = [];
    for (const [operation, { total, runs, statuses }] of this.#refused) {
      if (this.#leftOut.has(operation) || total < attemptsNeeded || runs < runsNeeded) continue;
      const why = `${[...statuses].sort((a, b) => a - b).join(' or ')} each of ${total} times`;
      const leftOut = { operation, why };
      this.#leftOut.set(operation, leftOut);
      news.push(leftOut);
    }
    return news;
  }
}

/** The status of an answer; older completions have it at the beginning of their error only. */
function statusOf({ status, error = '' }: CompletionEvent): number | undefined {
  if (status !== undefined) return status;
  const [, text] = /^(\d{3})\b/.exec(error) ?? [];
  return text === undefined ? undefined : Number(text);
}
