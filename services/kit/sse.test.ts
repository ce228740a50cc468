import { expect, test } from '@jest/globals';
import { frame } from './sse.ts';

test('an object is one data line of JSON', () => {
  expect(frame({ a: 'x\ny' })).toBe('data: {"a":"x\\ny"}\n\n');
});

test('every line of a text gets its own data line', () => {
  expect(frame('a\nb\r\nc\rd')).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n');
});

test('an event name comes before the data', () => {
  expect(frame('[DONE]', 'end')).toBe('event: end\ndata: [DONE]\n\n');
});
