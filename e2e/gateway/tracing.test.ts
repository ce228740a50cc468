import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { cliModel, complete, says, streamed } from '../../harness/suite/chat.ts';

const hello = { model: cliModel, messages: says('Hi') };

test('the request id of a client comes back, and names the completion', async () => {
  const id = `req-${randomUUID()}`;
  const { headers, data } = await complete('gateway', hello, { headers: { 'X-Request-Id': id } });
  expect(headers['x-request-id']).toBe(id);
  expect(data.id).toBe(id);
});

test('the correlation id of a client comes back', async () => {
  const id = `corr-${randomUUID()}`;
  const { headers } = await complete('gateway', hello, { headers: { 'X-Correlation-ID': id } });
  expect(headers['x-correlation-id']).toBe(id);
});

test('a request without ids gets new ones', async () => {
  const [one, other] = await Promise.all([complete('gateway', hello), complete('gateway', hello)]);
  expect(one.headers['x-request-id']).toMatch(/./);
  expect(one.headers['x-correlation-id']).toMatch(/./);
  expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
});

test('a stream carries its ids as well', async () => {
  const { headers } = await streamed('gateway', hello);
  expect(headers.get('x-request-id')).toMatch(/./);
  expect(headers.get('x-correlation-id')).toMatch(/./);
});
