import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { typeboxValidator } from './validation.ts';

const schema = Type.Object({ limit: Type.Integer({ minimum: 1, default: 50 }) });
const validate = (httpPart: string, value: unknown) =>
  typeboxValidator({ schema, method: 'GET', url: '/', httpPart })(value) as {
    value?: unknown;
    error?: unknown;
  };

test('query values are converted and defaults filled in', () => {
  expect(validate('querystring', { limit: '7' })).toEqual({ value: { limit: 7 } });
  expect(validate('querystring', {})).toEqual({ value: { limit: 50 } });
  expect(validate('querystring', { limit: 'x' }).error).toBeDefined();
});

test('body values are not converted', () => {
  expect(validate('body', { limit: '7' }).error).toBeDefined();
  expect(validate('body', { limit: 7, more: true })).toEqual({ value: { limit: 7, more: true } });
});
