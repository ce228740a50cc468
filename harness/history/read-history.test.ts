import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GauntletError } from '../errors.ts';
import type { Json } from '../plan/json.ts';
import { checkerNames, checkerOf } from './checkers.ts';
import { notesOf, renderLanes } from './lanes.ts';
import { parseHistory } from './read-history.ts';
import { Recording, streamOf } from './simulation/recording.ts';
import { serializeHistory, serializeLine } from './write-history.ts';

const { history } = new Recording([{ checker: 'stale-read' }])
  .ok(1, 'write', { value: { text: 'a\n☃' }, tenant: 'ann', marker: 'mk-1' }, { worker: 2 })
  .unknown(2, 'call', { expect: 'a b' }, { stream: streamOf(['a '], null), abortedAt: 1_003 })
  .fail(1, 'request', {}, { error: '429' });
const text = serializeHistory(history);
const lines = text.trimEnd().split('\n');

const codeOf = (json: string) => {
  try {
    parseHistory(json);
    return undefined;
  } catch (error) {
    return error instanceof GauntletError ? error.code : error;
  }
};

test('a history survives the trip through a file', () => {
  expect(parseHistory(text)).toEqual({ history });
});

test('faults stand between operations', () => {
  const fault = {
    type: 'fault',
    id: 'f1',
    at: 1,
    state: 'reverted',
    fault: { on: 'worker', action: 'kill', service: 'memory', worker: 2, revertAfterMs: 10 },
  } as const;
  expect(parseHistory(text + serializeLine(fault)).history.events.at(-1)).toEqual(fault);
});

test('a torn last line is left out and reported', () => {
  const torn = text.slice(0, -20);
  const read = parseHistory(torn);
  expect(read.torn).toBe(lines.at(-1)?.slice(0, -19));
  expect(read.history.events).toEqual(history.events.slice(0, -1));
});

test('a history of another version is refused as such', () => {
  expect(codeOf(text.replace('"version":1', '"version":7'))).toBe('GNT_HISTORY_VERSION');
});

test.each([
  ['an empty file', ''],
  ['a file without a header', lines.slice(1).join('\n')],
  ['a header without checks', (lines[0] ?? '').replace('"checks"', '"checkers"')],
  ['a torn line in the middle', [lines[0], lines[1]?.slice(0, -3), lines[2]].join('\n')],
  ['an operation that begins twice', [lines[0], lines[1], lines[1]].join('\n')],
  ['an operation that ends before it begins', [lines[0], lines[2], lines[1]].join('\n')],
  ['a meaning that nobody knows', text.replace('"does":"write"', '"does":"dance"')],
  ['time that goes back', [lines[0], lines[1], lines[2]?.replace('1002', '1')].join('\n')],
])('%s is not a history', (_, json) => {
  expect(codeOf(json)).toBe('GNT_HISTORY_INVALID');
});

const wrong = (line: number, change: object, value: object = {}) => {
  const fields = { ...JSON.parse(lines[line] ?? ''), ...change, ...value };
  return lines.map((each, at) => (at === line ? JSON.stringify(fields) : each)).join('\n');
};
const listed = serializeHistory(new Recording().ok(1, 'list', {}, { value: ['a'] }).history);

test.each([
  ['a stream without frames', wrong(4, { stream: {} })],
  ['a frame of nothing', wrong(4, { stream: { frames: [{ at: 1 }], complete: false } })],
  [
    'a frame that is text and end',
    wrong(4, { stream: { frames: [{ at: 1, text: 'a', done: true }], complete: true } }),
  ],
  ['a worker without a number', wrong(2, { worker: { index: 'w1', pid: 1 } })],
  ['a time before the epoch', wrong(1, { at: -1 })],
  ['a client that is no number', wrong(1, { client: 0.5 })],
  ['an end by another client', wrong(2, { client: 2 })],
  ['an error that is no text', wrong(6, { error: 429 })],
  ['a tenant that is no text', wrong(1, { tenant: 7 })],
  ['a list that answers no list', listed.replace('["a"]', '"a"')],
  ['a beginning that is no record', wrong(0, { initial: ['a'] })],
  ['faults that are no list', wrong(0, { faults: 'f1' })],
  ['a check without a name', wrong(0, { checks: [{ limit: 3 }] })],
  ['a fault event without a fault', `${text}{"type":"fault","id":"f","at":1,"state":"fired"}\n`],
  ['a fault of nothing', `${text}{"type":"fault","id":"f","at":1,"state":"fired","fault":{"on":"moon"}}\n`],
])('%s is refused with the line', (_, json) => {
  expect(codeOf(json)).toBe('GNT_HISTORY_INVALID');
});

test('a process, which older histories have, is passed over', () => {
  expect(codeOf(text.replaceAll('"client":1', '"client":1,"process":4'))).toBeUndefined();
});

/** Everything that a history can have, to be damaged. */
const rich = serializeHistory(
  new Recording([{ checker: 'stale-read' }], { s: ['p'], c: 2, r: 'old' })
    .ok(
      1,
      'write',
      { key: 'r', value: 'a', idempotencyKey: 'i', tenant: 'ann', marker: 'mk-1' },
      { worker: 2 },
    )
    .ok(1, 'write', { key: 'r', value: 'a', idempotencyKey: 'i', tenant: 'ann' }, { value: 'id', worker: 1 })
    .ok(2, 'cas', { key: 'r', from: 'a', value: 'b' }, { value: false })
    .ok(2, 'read', { key: 'r', partOf: 'x' }, { value: 'a' })
    .ok(2, 'list', { key: 's', partOf: 'x' }, { value: ['p'] })
    .ok(1, 'add', { key: 's', value: 'q' })
    .unknown(1, 'remove', { key: 's', value: 'p' })
    .ok(1, 'increment', { key: 'c', value: 2 })
    .ok(1, 'count', { key: 'c' }, { value: 4, worker: 1 })
    .ok(1, 'append', { key: 'q', value: 'm1' })
    .ok(2, 'list', { key: 'q' }, { value: ['m1'] })
    .ok(2, 'snapshot', { key: 'all' }, { value: { r: 'a', s: ['p', 'q'], q: ['m1'] } })
    .ok(1, 'call', { expect: 'a b', tenant: 'ann', marker: 'mk-1' }, { stream: streamOf(['a ', 'b']) })
    .fail(1, 'request', { key: 'l' }, { error: '429' })
    .ok(1, 'start', { key: 't' })
    .ok(1, 'status', { key: 't' }, { value: 'done' }).history,
).trimEnd();
const options: Readonly<Record<string, object>> = {
  jobs: { delivery: 'at-least-once' },
  limit: { window: 'sliding', limit: 1, windowMs: 1 },
  'cancel-upstream': { withinMs: 100 },
  attempts: { most: 1 },
};
const odd = fc.constantFrom<Json>(
  null,
  true,
  -1,
  0.5,
  1e300,
  '',
  'x',
  [],
  [null],
  {},
  { a: [1] },
  'cas',
  'list',
);
type Damage = (fields: Record<string, Json>) => void;
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(fc.nat(), odd).map(
    ([at, value]): Damage =>
      (fields) => {
        const names = Object.keys(fields);
        fields[names[at % names.length] ?? ''] = value;
      },
  ),
  fc.nat().map(
    (at): Damage =>
      (fields) => {
        const names = Object.keys(fields);
        delete fields[names[at % names.length] ?? ''];
      },
  ),
  fc.tuple(fc.constantFrom('value', 'from', 'idempotencyKey', 'does', 'stream', 'worker', 'fault'), odd).map(
    ([name, value]): Damage =>
      (fields) => {
        fields[name] = value;
      },
  ),
);

test('a damaged history is refused with a code, or can be judged and shown', () => {
  let judged = 0;
  let refused = 0;
  const lists = fc.array(fc.tuple(fc.nat(), damage), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(lists, (damages) => {
      const parts = rich.split('\n').map((line) => JSON.parse(line) as Record<string, Json>);
      for (const [at, change] of damages) change(parts[at % parts.length] ?? {});
      let damaged: ReturnType<typeof parseHistory>;
      try {
        damaged = parseHistory(parts.map((part) => JSON.stringify(part)).join('\n'));
      } catch (error) {
        refused += 1;
        expect(error).toBeInstanceOf(GauntletError);
        return;
      }
      judged += 1;
      for (const checker of checkerNames) {
        const verdict = checkerOf({ checker, ...options[checker] }).check(damaged.history, []);
        expect(renderLanes(damaged.history, verdict.counterexample ?? [], notesOf(verdict))).toBeDefined();
      }
    }),
    { numRuns: 2_000, seed: 31 },
  );
  expect(Math.min(judged, refused)).toBeGreaterThan(200);
});

test('the refusal names the line', () => {
  expect(() => parseHistory([lines[0], lines[1], lines[1], ''].join('\n'))).toThrow(
    'line 3 begins the operation o1 again',
  );
});
