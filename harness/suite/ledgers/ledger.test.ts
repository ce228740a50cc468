import { expect, test } from '@jest/globals';
import { doubled, type Ledger, newNotes, untilDone, untilRead } from './ledger.ts';
import { startLoad } from './load.ts';
import { misplaced } from './responses.ts';

test('attempts are made again until one is done, and each of the others is a refusal', async () => {
  const notes = newNotes();
  const answers = [
    () => Promise.reject(new Error('socket hang up')),
    () => Promise.resolve({ status: 503, said: 'later' }),
    () => Promise.resolve({ done: 'm1' }),
  ];
  expect(await untilDone(notes, 'a message', () => answers.shift()?.() ?? Promise.reject())).toBe('m1');
  expect(notes.refusals.map(({ status, said }) => [status, said])).toEqual([
    [0, 'socket hang up'],
    [503, 'later'],
  ]);
  expect(notes.acknowledged).toHaveLength(1);
  const [{ begunAt, at }] = notes.acknowledged as [{ begunAt: number; at: number }];
  expect(begunAt).toBeLessThanOrEqual(at);
});

test('a read is no write, though its refusals count', async () => {
  const notes = newNotes();
  const answers = [{ status: 500, said: 'no' }, { done: 1 }];
  await untilRead(notes, 'a status', async () => answers.shift() ?? { done: 2 });
  expect([notes.acknowledged.length, notes.refusals.length]).toEqual([0, 1]);
});

test('what is there twice or more is told once', () => {
  expect(doubled(['a', 'b', 'a', 'c', 'a', 'b'])).toEqual(['a', 'b']);
  expect(doubled(['a', 'b'])).toEqual([]);
});

const turns = [
  { said: 'q1', answered: 'a q1' },
  { said: 'q3', answered: 'a q3' },
];

test('turns that are there once and in order are right, whatever was between them', () => {
  expect(misplaced('conv', turns, ['q1', 'a q1', 'q2', 'a q2', 'q3', 'a q3'])).toEqual([]);
});

test.each([
  ['lost', ['q1', 'a q1']],
  ['without its answer', ['q1', 'a q1', 'q3']],
  ['with the answer of another', ['q1', 'a q1', 'q3', 'a q2']],
  ['out of order', ['q3', 'a q3', 'q1', 'a q1']],
  ['there twice', ['q1', 'a q1', 'q3', 'a q3', 'q1', 'a q1']],
])('a turn that is %s is told', (_, texts) => {
  expect(misplaced('conv', turns, texts)).not.toEqual([]);
});

/** A ledger whose writes are acknowledged at once, and of which some are lost. */
function losing(findings: readonly string[]): Ledger {
  const notes = newNotes();
  return {
    name: 'writes',
    ...notes,
    write: () => untilDone(notes, 'a write', async () => ({ done: undefined })),
    account: async () => findings,
  };
}

test('a load tells what its ledgers find, and which writes were acknowledged between two times', async () => {
  const load = startLoad([losing([]), losing(['m3 is lost'])], { clients: 1, pauseMs: 1 });
  const from = Date.now();
  await load.more(2);
  const to = Date.now();
  expect(await load.account()).toEqual(['m3 is lost']);
  expect(load.within(from, to).length).toBeGreaterThanOrEqual(2);
  expect(load.within(to + 60_000, to + 120_000)).toEqual([]);
});

test('a write that is never done is told by the load', async () => {
  const broken: Ledger = { ...losing([]), write: () => Promise.reject(new Error('not done')) };
  const load = startLoad([broken], { clients: 1, pauseMs: 1 });
  expect(await load.account()).toEqual(expect.arrayContaining(['writes: not done']));
});
