import type { Json } from '../../plan/json.ts';
import type { Action } from '../events.ts';
import type { Act, Wrong } from './act.ts';

/** One step of a planted mistake: they come one after the other, unless a step is `beside` the one before. */
export interface Step {
  readonly client: 'a' | 'b';
  readonly worker: number;
  readonly does: Action;
  readonly value?: Json;
  readonly from?: Json;
  readonly key?: string;
  /** More objects of the same request, all written with `value`. */
  readonly with?: Readonly<Record<string, readonly [does: Action, value?: Json]>>;
  readonly idempotencyKey?: string;
  readonly isBeside?: true;
  readonly isLost?: true;
  readonly wrong?: Wrong;
}

const clients = { a: 4, b: 5 } as const;
const stepMs = 6;

/** The acts of a planted mistake, from a moment on. */
export function fragment(steps: readonly Step[], key: string, from: number): readonly Act[] {
  let startAt = from - stepMs;
  return steps.map((step) => {
    if (!step.isBeside) startAt += stepMs;
    const { does, value, from: replaced } = step;
    const own = {
      does,
      key: step.key ?? key,
      ...(value === undefined ? {} : { value }),
      ...(replaced === undefined ? {} : { from: replaced }),
    };
    const more = Object.entries(step.with ?? {}).map(([other, [act, made]]) => ({
      does: act,
      key: other,
      ...(made === undefined ? {} : { value: made }),
    }));
    return {
      client: clients[step.client],
      worker: step.worker,
      asks: [own, ...more],
      startAt: startAt + (step.isBeside ? 0.5 : 0),
      effectAt: startAt + (step.isBeside ? 3 : 2),
      endAt: startAt + 4,
      outcome: step.isLost ? 'lost' : 'answered',
      ...(step.idempotencyKey === undefined ? {} : { idempotencyKey: step.idempotencyKey }),
      ...(step.wrong === undefined ? {} : { wrong: step.wrong }),
    };
  });
}

const listOf = (truth: Json): readonly Json[] => (Array.isArray(truth) ? (truth as readonly Json[]) : []);
/** Answers that are wrong. */
export const instead = (value: Json): Wrong => ({ answer: () => value });
export const lacking = (...values: readonly Json[]): Wrong => ({
  answer: (truth) => listOf(truth).filter((each) => !values.includes(each)),
});
export const showing = (...values: readonly Json[]): Wrong => ({
  answer: (truth) => [...listOf(truth).filter((each) => !values.includes(each)), ...values],
});
export const less = (by: number): Wrong => ({ answer: (truth) => Number(truth) - by });
export const notDone: Wrong = { times: 0 };
export const doneTwice: Wrong = { times: 2 };
/** As if nobody had asked before, in spite of its key. */
export const doneAgain: Wrong = { times: 1 };

/** Clients a and b do something, through worker 1 unless said otherwise. */
const by =
  (client: 'a' | 'b') =>
  (does: Action, given: Partial<Step> = {}): Step => ({ client, worker: 1, does, ...given });
export const a = by('a');
export const b = by('b');
