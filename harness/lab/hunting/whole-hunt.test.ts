import { expect, test } from '@jest/globals';
import type { CheckChoice, HistoryEvent } from '../../history/events.ts';
import { operationsOf, type Plan } from '../../plan/plan.ts';
import type { PlanOutcome } from '../running/run-plan.ts';
import { WholeHunt } from './whole-hunt.ts';

const limitOf3: CheckChoice = { checker: 'limit', window: 'sliding', limit: 3, windowMs: 60_000 };
let clock = 0;

/** A run with so many requests that were admitted and one that was not. */
function run(nonce: string, admitted: number, key = 'everybody'): PlanOutcome {
  const ids = Array.from({ length: admitted + 1 }, (_, index) => `o${index + 1}`);
  const plan: Plan = {
    version: 1,
    workload: 'w',
    seed: 1,
    path: nonce,
    clients: 1,
    phases: [
      { steps: ids.map((id) => ({ kind: 'operation', id, client: 1, name: 'ask', args: { key } }) as const) },
    ],
  };
  const events = ids.flatMap((id, index): HistoryEvent[] => {
    const about = { op: `${id}-${nonce}`, client: 1, process: 1 };
    clock += 1;
    const begin = { ...about, type: 'invoke', name: 'ask', does: 'request', key, at: clock } as const;
    clock += 1;
    return [begin, { ...about, type: index < admitted ? 'ok' : 'fail', at: clock }];
  });
  const header = { type: 'header', version: 1, workload: 'w', planHash: '', subject: 's' } as const;
  return {
    plan,
    history: { header: { ...header, checks: [limitOf3, { checker: 'stale-read' }] }, events },
    journal: undefined,
    judgement: { verdict: 'valid', verdicts: [], unknown: 0 },
    vacuous: [],
    notes: [],
    durationMs: 1,
  };
}

test('what two runs were admitted together is more than the limit, and the plan has the operations that show it', () => {
  const whole = new WholeHunt(['everybody']);
  expect(whole.add(run('aa', 3))).toBeUndefined();
  const found = whole.add(run('bb', 2));
  expect(found?.judgement.verdict).toBe('invalid');
  expect(found?.judgement.verdicts.map(({ checker }) => checker)).toEqual(['limit']);
  const operations = operationsOf(found?.plan ?? run('cc', 0).plan);
  expect(operations.length).toBeGreaterThanOrEqual(4);
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

test('a restart of the subject begins anew', () => {
  const whole = new WholeHunt(['everybody']);
  whole.add(run('aa', 3));
  whole.restart();
  expect(whole.add(run('bb', 2))).toBeUndefined();
  expect(whole.judge()).toBeUndefined();
});

test('keys that runs do not share are left to their own runs', () => {
  const whole = new WholeHunt(['everybody']);
  whole.add(run('aa', 3, 'user'));
  expect(whole.add(run('bb', 3, 'user'))).toBeUndefined();
  const none = new WholeHunt();
  none.add(run('aa', 3));
  expect(none.add(run('bb', 3))).toBeUndefined();
});
