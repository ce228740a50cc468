import { expect, test } from '@jest/globals';
import { correlationId, randomHex, requestId } from './request-ids.ts';

test('ids of the client are taken over', () => {
  expect(requestId({ 'x-request-id': 'mine-1' }, '/health')).toBe('mine-1');
  expect(correlationId({ 'x-correlation-id': 'c.1' })).toBe('c.1');
});

test('missing ids get the form of their route', () => {
  expect(requestId({}, '/v1/chat/completions')).toMatch(/^chatcmpl-[0-9a-f]{24}$/);
  expect(requestId({}, '/memories/list?x=1')).toMatch(/^req_[0-9a-f]{12}$/);
  expect(correlationId({})).toMatch(/^corr-[0-9a-f]{16}$/);
});

test('ids that could break a header or a log line are replaced', () => {
  expect(requestId({ 'x-request-id': 'a b' }, '/x')).toMatch(/^req_/);
  expect(requestId({ 'x-request-id': 'x'.repeat(129) }, '/x')).toMatch(/^req_/);
});

test('random digits are never given out twice, across many fillings of their pool', () => {
  const ids = Array.from({ length: 5_000 }, (_, index) => randomHex(12 + (index % 5)).slice(0, 24));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[0-9a-f]{24}$/.test(id))).toBe(true);
});
