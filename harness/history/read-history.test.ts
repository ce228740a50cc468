import { expect, test } from '@jest/globals';
import { GauntletError } from '../errors.ts';
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

test('the refusal names the line', () => {
  expect(() => parseHistory([lines[0], lines[1], lines[1], ''].join('\n'))).toThrow(
    'line 3 begins the operation o1 again',
  );
});
