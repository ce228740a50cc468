import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { Journal, type JournalEntry } from './journal.ts';

const entry = (op: string, arrivedAt = 0): JournalEntry => ({
  id: `${op}-${arrivedAt}`,
  op,
  kind: 'chat',
  path: '/v1/chat/completions',
  keySha256: null,
  model: 'm',
  stream: true,
  arrivedAt,
  requestText: '',
  messages: [],
  tools: [],
  parameters: {},
  imageSha256: [],
  bodySha256: '',
  usage: { promptTokens: 0, completionTokens: 0 },
  saysUsage: false,
  answerText: '',
  status: null,
  framesSent: 0,
});

test('keeps the latest entries only', () => {
  const journal = new Journal(2);
  for (const op of ['a', 'b', 'c']) journal.open(entry(op));
  expect(journal.find({}).map(({ op }) => op)).toEqual(['b', 'c']);
});

test('gives every entry of an operation, retries included', () => {
  const journal = new Journal(9);
  journal.open(entry('a', 1));
  journal.open(entry('a', 2));
  expect(journal.find({ op: 'a' })).toHaveLength(2);
  expect(journal.find({ op: 'a', sinceMs: 2 })).toHaveLength(1);
  expect(journal.find({ op: 'a', kind: 'memory' })).toHaveLength(0);
});

test('a wait ends when the event happens, not before', async () => {
  const journal = new Journal(9);
  const opened = journal.open(entry('a'));
  const waiting = journal.wait({ op: 'a' }, 'hungup', AbortSignal.timeout(5_000));
  journal.change(opened, { completedAt: 1 });
  journal.change(opened, { hungUpAt: 2 });
  expect((await waiting)?.hungUpAt).toBe(2);
});

test('a wait gives up with its signal', async () => {
  expect(await new Journal(9).wait({ op: 'a' }, 'arrived', AbortSignal.timeout(5))).toBeUndefined();
});

test('closed entries go to the file, one line each', () => {
  const file = new PassThrough();
  const journal = new Journal(9, file);
  journal.close(journal.open(entry('a')));
  expect(JSON.parse(String(file.read()).trimEnd())).toMatchObject({ op: 'a' });
});
