import { expect, test } from '@jest/globals';
import { toDetailError } from './detail-error.ts';

test('each missing field is a detail of its own, with its place', () => {
  const answer = toDetailError({
    validationContext: 'body',
    validation: [
      {
        keyword: 'required',
        instancePath: '/conversation/2',
        params: { requiredProperties: ['role', 'content'] },
      },
    ],
  });
  expect(answer?.statusCode).toBe(422);
  expect(answer?.detail).toEqual([
    { type: 'missing', loc: ['body', 'conversation', 2, 'role'], msg: 'Field required' },
    { type: 'missing', loc: ['body', 'conversation', 2, 'content'], msg: 'Field required' },
  ]);
});

test('a bad query value is placed in the query', () => {
  const validation = [{ keyword: 'minimum', instancePath: '/limit', params: {}, message: 'must be >= 1' }];
  expect(toDetailError({ validationContext: 'querystring', validation })?.detail).toEqual([
    { type: 'minimum', loc: ['query', 'limit'], msg: 'must be >= 1' },
  ]);
});

test('malformed JSON is 422, a lost database 503, anything unforeseen not an answer', () => {
  expect(toDetailError({ statusCode: 400 })?.statusCode).toBe(422);
  expect(toDetailError(Object.assign(new Error(), { code: '57P03' }))?.statusCode).toBe(503);
  expect(toDetailError(new TypeError('x'))).toBeUndefined();
});
