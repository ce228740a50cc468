import { expect, test } from '@jest/globals';
import { connectionFailure, refusal } from './upstream-failure.ts';

function failed(code: string): Error {
  return Object.assign(new Error('connect 10.0.0.9:8001'), { code });
}

test.each([
  ['ECONNREFUSED', 502, 'upstream_unreachable'],
  ['ENOTFOUND', 502, 'upstream_unreachable'],
  ['EHOSTUNREACH', 502, 'upstream_unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 504, 'upstream_connect_timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 504, 'upstream_first_byte_timeout'],
  ['UND_ERR_BODY_TIMEOUT', 504, 'upstream_idle_timeout'],
  ['ECONNRESET', 502, 'upstream_truncated'],
  ['UND_ERR_SOCKET', 502, 'upstream_truncated'],
  ['HPE_INVALID_CONSTANT', 502, 'upstream_invalid_response'],
])('%s is %i %s', (code, status, name) => {
  const error = connectionFailure(failed(code), 'baseline-x');
  expect([error.statusCode, error.body.error.code]).toEqual([status, name]);
});

test('a deadline that ran out is a timeout', () => {
  const error = connectionFailure(new DOMException('late', 'TimeoutError'), 'baseline-x');
  expect(error.statusCode).toBe(504);
});

test('no inner address reaches the client', () => {
  expect(JSON.stringify(connectionFailure(failed('ECONNREFUSED'), 'baseline-x').body)).not.toContain(
    '10.0.0.9',
  );
});

test('a rate limit passes with its body and its retry-after', () => {
  const body = { error: { message: 'Slow down', type: 'rate_limit_error', param: null, code: 'tpm' } };
  const error = refusal(429, JSON.stringify(body), 'baseline-x', '7');
  expect(error.statusCode).toBe(429);
  expect(error.body).toEqual(body);
  expect(error.retryAfter).toBe('7');
});

test('a body of another shape becomes an OpenAI error with the same status', () => {
  const error = refusal(422, '{"detail":"messages: field required"}', 'baseline-x');
  expect(error.statusCode).toBe(422);
  expect(error.body.error).toMatchObject({
    message: 'messages: field required',
    type: 'invalid_request_error',
  });
});

test('a body that is no JSON is not repeated', () => {
  const error = refusal(400, '<html>inner</html>', 'baseline-x');
  expect(error.body.error.message).toBe('baseline-x answered with status 400.');
});

test.each([
  [500, 502],
  [501, 502],
  [502, 502],
  [503, 503],
  [504, 504],
  [302, 502],
])('status %i of an upstream becomes %i', (status, passed) => {
  expect(refusal(status, '', 'baseline-x').statusCode).toBe(passed);
});

test.each([401, 403, 407])(
  "status %i is about the gateway's own credentials, never the client's",
  (status) => {
    const body = JSON.stringify({
      error: { message: 'Incorrect API key provided: sk-inner', type: 'auth', code: 'key' },
    });
    const error = refusal(status, body, 'baseline-x');
    expect(error.statusCode).toBe(502);
    expect(error.body.error.code).toBe('upstream_unauthorized');
    expect(JSON.stringify(error.body)).not.toContain('sk-inner');
  },
);
