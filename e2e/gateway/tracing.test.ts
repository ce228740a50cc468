import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { cliModel, complete, says, streamed } from '../../harness/suite/chat.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';

beforeEach(() => needs('chat'));

/** Neither the API nor spec 101 knows ids of requests. */
const traced = (assertions: () => void) =>
  convention('gateway', 'requests carry ids in X-Request-Id and X-Correlation-ID', assertions);
const hello = { model: cliModel, messages: says('Hi') };

test('the request id of a client comes back, and names the completion', async () => {
  const id = `req-${randomUUID()}`;
  const { status, headers, data } = await complete('gateway', hello, { headers: { 'X-Request-Id': id } });
  expect(status).toBe(200);
  traced(() => {
    expect(headers['x-request-id']).toBe(id);
    expect(data.id).toBe(id);
  });
});

test('the correlation id of a client comes back', async () => {
  const id = `corr-${randomUUID()}`;
  const { status, headers } = await complete('gateway', hello, { headers: { 'X-Correlation-ID': id } });
  expect(status).toBe(200);
  traced(() => expect(headers['x-correlation-id']).toBe(id));
});

test('a request without ids gets new ones', async () => {
  const [one, other] = await Promise.all([complete('gateway', hello), complete('gateway', hello)]);
  expect([one.status, other.status]).toEqual([200, 200]);
  traced(() => {
    expect(one.headers['x-request-id']).toEqual(expect.stringMatching(/./));
    expect(one.headers['x-correlation-id']).toEqual(expect.stringMatching(/./));
    expect(one.headers['x-request-id']).not.toBe(other.headers['x-request-id']);
  });
});

test('a stream carries its ids as well', async () => {
  const { status, headers } = await streamed('gateway', hello);
  expect(status).toBe(200);
  traced(() => {
    expect(headers.get('x-request-id')).toEqual(expect.stringMatching(/./));
    expect(headers.get('x-correlation-id')).toEqual(expect.stringMatching(/./));
  });
});
