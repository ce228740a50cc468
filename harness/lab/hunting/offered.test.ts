import { expect, test } from '@jest/globals';
import type { CompletionEvent, HistoryEvent } from '../../history/events.ts';
import type { Plan } from '../../plan/plan.ts';
import { Offered } from './offered.ts';

const names = ['edit', 'search', 'search', 'delete'];
const plan: Plan = {
  version: 1,
  workload: 'memory',
  seed: 0,
  clients: 1,
  phases: [
    {
      steps: names.map((name, index) => ({
        kind: 'operation' as const,
        id: `o${index + 1}`,
        client: 1,
        name,
        args: {},
      })),
    },
  ],
};

type End = Pick<CompletionEvent, 'type' | 'status' | 'error'>;
const ok: End = { type: 'ok' };
const unknownRoute: End = { type: 'fail', error: '404 no such route' };

function run(...ends: readonly End[]) {
  const events = ends.map(
    (end, index): HistoryEvent => ({ ...end, op: `o${index + 1}-ab`, client: 1, process: 1, at: index }),
  );
  return {
    plan,
    history: {
      header: {
        type: 'header',
        version: 1,
        workload: 'memory',
        planHash: '',
        subject: '',
        checks: [],
      } as const,
      events,
    },
  };
}

test('an operation that is unknown to the subject each of four times, in two runs, is left out', () => {
  const offered = new Offered();
  expect(offered.add(run(ok, unknownRoute, unknownRoute, ok))).toEqual([]);
  expect(offered.add(run(ok, unknownRoute, { type: 'fail', status: 405 }, ok))).toEqual([
    { operation: 'search', why: '404 or 405 each of 4 times' },
  ]);
  expect(offered.add(run(ok, unknownRoute, unknownRoute, ok))).toEqual([]);
  expect([...offered.names]).toEqual(['search']);
});

test('one that was answered in any other way once is offered for good', () => {
  const offered = new Offered();
  offered.add(run(ok, ok, unknownRoute, ok));
  for (let time = 0; time < 4; time += 1) offered.add(run(ok, unknownRoute, unknownRoute, ok));
  offered.add(run(ok, unknownRoute, { type: 'unknown', error: '500 oops' }, ok));
  expect(offered.leftOut).toEqual([]);
});

test('where nothing succeeds, or nothing was sent, nothing is learned', () => {
  const offered = new Offered();
  for (let time = 0; time < 4; time += 1) {
    offered.add(run(unknownRoute, unknownRoute, unknownRoute, unknownRoute));
    offered.add(run(ok, { type: 'fail', error: 'not sent: no worker' }, { type: 'unknown' }, ok));
  }
  expect(offered.leftOut).toEqual([]);
});
