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

test('defaults deep in a body are filled in, and a body without any is taken as it is', () => {
  const filled = Type.Object({ items: Type.Array(Type.Object({ size: Type.Number({ default: 3 }) })) });
  const plain = Type.Object({ items: Type.Array(Type.Unknown()) });
  const body = { items: [{}] };
  const run = (wanted: typeof filled | typeof plain) =>
    typeboxValidator({ schema: wanted, method: 'POST', url: '/', httpPart: 'body' })(body) as {
      value: unknown;
    };
  expect(run(plain).value).toBe(body);
  expect(run(filled).value).toEqual({ items: [{ size: 3 }] });
});
