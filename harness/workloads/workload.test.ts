import { expect, test } from '@jest/globals';
import { type Answer, completionOf } from './workload.ts';

const answer = (status: number): Answer => ({ status, headers: {}, text: 'x', json: <T>() => ({}) as T });

test.each([
  [200, 'ok'],
  [204, 'ok'],
  [400, 'fail'],
  [404, 'fail'],
  [412, 'fail'],
  [429, 'fail'],
  [408, 'unknown'],
  [409, 'unknown'],
  [425, 'unknown'],
  [499, 'unknown'],
  [302, 'unknown'],
  [500, 'unknown'],
  [503, 'unknown'],
])('an operation that was answered %i ends %s', (status, type) => {
  expect(completionOf(answer(status))).toMatchObject({ type, status });
});

test('a conflict is a refusal where the workload knows that nothing was done', () => {
  expect(completionOf(answer(409), undefined, { conflictIsRefusal: true }).type).toBe('fail');
  expect(completionOf(answer(408), undefined, { conflictIsRefusal: true }).type).toBe('unknown');
});
