import { expect, test } from '@jest/globals';
import { LastEventIdError, lastEventIdOf } from './last-event-id.ts';

const read = (header: string | undefined, parameter?: unknown) =>
  lastEventIdOf({
    headers: header === undefined ? {} : { 'last-event-id': header },
    query: { last_event_id: parameter },
  });

test('a client goes on from the id of its header, or else of its parameter', () => {
  expect([read('7'), read(undefined, '8'), read('9', '1'), read('', '8')]).toEqual([7, 8, 9, 8]);
});

test('a client that names no id begins anew', () => {
  expect([read(undefined), read(''), read(undefined, '')]).toEqual([undefined, undefined, undefined]);
});

test('zero is before the first event, not no id', () => {
  expect([read('0'), read(undefined, '0')]).toEqual([0, 0]);
});

test.each([
  ['a word', 'abc'],
  ['below zero', '-1'],
  ['a fraction', '1.5'],
  ['an exponent', '1e3'],
  ['too large to count with', '9'.repeat(16)],
  ['given twice', '1, 2'],
])('an id that is %s is refused', (_, id) => {
  expect(() => read(id)).toThrow(LastEventIdError);
});

test('parameters given twice are refused', () => {
  expect(() => read(undefined, ['1', '2'])).toThrow(LastEventIdError);
});
