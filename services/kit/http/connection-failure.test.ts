import { expect, test } from '@jest/globals';
import { connectionFailureOf } from './connection-failure.ts';

const failed = (code: string, cause?: unknown) => Object.assign(new Error('x', { cause }), { code });

test.each([
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNRESET', 'broken'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'broken'],
  ['HPE_INVALID_CONSTANT', 'invalid'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'invalid'],
  ['ECONNREFUSED', 'unreachable'],
])('%s is %s', (code, failure) => {
  expect(connectionFailureOf(failed(code))).toBe(failure);
});

test('the code of what caused an error counts, however often it was wrapped', () => {
  expect(connectionFailureOf(new TypeError('fetch failed', { cause: failed('ECONNRESET') }))).toBe('broken');
  expect(connectionFailureOf(new Error('a', { cause: new DOMException('b', 'TimeoutError') }))).toBe(
    'timeout',
  );
});

test('an error that is its own cause, and what is no error, are somebody who cannot be reached', () => {
  const circular = new Error('x');
  circular.cause = circular;
  expect([circular, null, 'x', undefined].map(connectionFailureOf)).toEqual(Array(4).fill('unreachable'));
});
