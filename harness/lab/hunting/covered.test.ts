import { expect, test } from '@jest/globals';
import type { History, HistoryEvent } from '../../history/events.ts';
import { exampleShape } from '../../plan/example-shape.ts';
import type { Fault } from '../../plan/fault.ts';
import type { Plan, Step } from '../../plan/plan.ts';
import { Covered, coveredLine } from './covered.ts';

const kill: Fault = { on: 'worker', action: 'kill', service: 'memory', worker: 1, revertAfterMs: 500 };
const pair = { kind: 'after', first: 'write', next: 'read', place: 'other' } as const;
const around = { kind: 'around', read: 'read', change: 'write', place: 'other' } as const;
const beside = { kind: 'beside', first: 'write', next: 'read', place: 'same' } as const;
const killed = {
  name: 'kill a worker of memory with its phase',
  streamed: false,
  aim: () => ({ fault: kill }),
};
const planner = {
  shape: exampleShape,
  pairs: [pair, around, beside],
  faults: [killed, { ...killed, name: 'disconnect memory with its phase', why: 'need containers' }],
};

const operation = (id: string, name: string, key = 'a'): Step => ({
  kind: 'operation',
  id,
  client: 1,
  name,
  args: { key },
});
const plan: Plan = {
  version: 1,
  workload: 'example',
  seed: 0,
  clients: 1,
  phases: [
    {
      steps: [
        operation('o1', 'read'),
        operation('o2', 'write'),
        operation('o3', 'read'),
        { kind: 'fault', id: 'f1', fault: kill },
      ],
    },
  ],
};

/** `+o1` begins, `-o1 2` ends well on worker 2, `!o1 1` is refused there. */
function historyOf(script: string, ...more: HistoryEvent[]): History {
  const events = script.split(',').map((line, at): HistoryEvent => {
    const [word = '', worker] = line.trim().split(' ');
    const about = { op: `${word.slice(1)}-ab`, client: 1, process: 1, at };
    if (word.startsWith('+')) return { ...about, type: 'invoke', name: 'x', does: 'other', key: 'a' };
    const type = word.startsWith('-') ? 'ok' : 'fail';
    return { ...about, type, ...(worker ? { worker: { index: Number(worker), pid: 1 } } : {}) };
  });
  const header = { type: 'header', version: 1, workload: '', planHash: '', subject: '', checks: [] } as const;
  return { header, events: [...events, ...more] };
}

const after = (history: History) => {
  const covered = new Covered(planner);
  covered.add({ plan, history, vacuous: [] });
  return covered.ground(new Set());
};
const missing = (history: History) => after(history).pairs.missing.map(({ what }) => what);

test('a read, a change through another worker and the read again cover what they are', () => {
  expect(missing(historyOf('+o1,-o1 1,+o2,-o2 2,+o3,-o3 1'))).toEqual([
    'read beside write through the same worker',
  ]);
});

test('through the same worker it is another pair', () => {
  const seen = missing(historyOf('+o1,-o1 1,+o2,-o2 1,+o3,-o3 1'));
  expect(seen).toHaveLength(3);
});

test('what was under way at once was beside each other, and neither came after the other', () => {
  const seen = missing(historyOf('+o2,+o3,-o2 1,-o3 1'));
  expect(seen).toEqual([
    'write, then read through another worker',
    'read, write through another worker, read',
  ]);
});

test('after a write that was refused, a read shows nothing', () => {
  expect(missing(historyOf('+o2,!o2 2,+o3,-o3 1'))).toContain('write, then read through another worker');
});

test('a fault counts when it has fired, with a proof; what the stack lacks is said', () => {
  const fired = { type: 'fault', id: 'f1', at: 9, state: 'fired', fault: kill } as const;
  expect(after(historyOf('+o1,-o1', { ...fired, proof: { pid: 1 } })).faults).toMatchObject({
    covered: 1,
    of: 2,
    missing: [{ what: 'disconnect memory with its phase', why: 'need containers' }],
  });
  expect(after(historyOf('+o1,-o1', fired)).faults.covered).toBe(0);
  expect(coveredLine(after(historyOf('+o1,-o1', { ...fired, proof: { pid: 1 } })))).toBe(
    'covered 0 of 3 pairs, 1 of 2 faults (1 need containers)',
  );
});

test('what the subject does not offer is not asked for', () => {
  const covered = new Covered(planner);
  expect(covered.ground(new Set(['write'])).pairs).toEqual({ covered: 0, of: 0, missing: [] });
});
