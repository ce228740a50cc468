import { expect, test } from '@jest/globals';
import { refused } from './upstream-error.ts';

test.each([401, 403, 407])(
  "status %i is about this service's own credentials: 502, and no key in it",
  (status) => {
    const error = refused(
      status,
      { message: 'Incorrect API key provided: sk-inner', code: 'invalid_api_key' },
      '1',
    );
    expect([error.statusCode, error.body.error.code]).toEqual([502, 'upstream_unauthorized']);
    expect(JSON.stringify(error.body)).not.toContain('sk-inner');
  },
);

test('a rate limit keeps its status, its own words and its retry-after', () => {
  const error = refused(429, { message: 'Slow down', type: 'rate_limit_error', code: 'tpm' }, '7');
  expect(error).toMatchObject({ statusCode: 429, retryAfter: '7' });
  expect(error.body.error).toEqual({
    message: 'Slow down',
    type: 'rate_limit_error',
    param: null,
    code: 'tpm',
  });
});
