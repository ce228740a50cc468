import type { Action, CheckChoice, CompletionEvent, History, HistoryEvent } from '../events.ts';

/** Numbers from 0 to 1, the same ones for a seed (Numerical Recipes' generator). */
export function numbersOf(seed: number): () => number {
  let state = (Math.imul(seed, 2_654_435_761) + 12_345) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One operation of a simulated run with all its times. */
export interface Played {
  readonly client: number;
  readonly does: Action;
  readonly key: string;
  readonly value?: string | number | readonly string[];
  readonly from: number;
  readonly to: number;
  readonly outcome: CompletionEvent['type'];
  readonly answer?: Partial<Pick<CompletionEvent, 'value' | 'status' | 'abortedAt' | 'timedOut'>>;
}

/** The history of operations that were played, in the order of their times. */
export function historyOf(check: CheckChoice, played: readonly Played[]): History {
  const events: { readonly event: HistoryEvent; readonly order: number }[] = [];
  played.forEach(({ client, does, key, value, from, to, outcome, answer = {} }, index) => {
    const common = { op: `o${index + 1}`, client, process: client };
    const asked = value === undefined ? {} : { value };
    events.push({
      event: { type: 'invoke', ...common, at: from, name: does, does, key, ...asked },
      order: index,
    });
    events.push({ event: { type: outcome, ...common, at: to, ...answer }, order: index });
  });
  events.sort((a, b) => a.event.at - b.event.at || a.order - b.order);
  const header = {
    type: 'header',
    version: 1,
    workload: 'simulated',
    planHash: '0',
    subject: 'simulated',
  } as const;
  return { header: { ...header, checks: [check] }, events: events.map(({ event }) => event) };
}
