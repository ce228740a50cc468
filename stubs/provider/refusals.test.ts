import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProvider } from './test-provider.ts';

let url: string;
let close: () => Promise<unknown>;
let ask: Awaited<ReturnType<typeof startProvider>>['ask'];

beforeAll(async () => {
  ({ url, close, ask } = await startProvider());
});

afterAll(() => close());

test('answers ordered statuses and bad requests with OpenAI error bodies', async () => {
  const limited = await ask('Hi [[status=429 retry_after=7]]');
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
  expect(await limited.json()).toMatchObject({
    error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  });
  const empty = await ask('', { messages: [] });
  expect([empty.status, await empty.json()]).toMatchObject([400, { error: { param: 'messages' } }]);
  const headers = { 'content-type': 'application/json' };
  const broken = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: '{bad' });
  expect([broken.status, await broken.json()]).toMatchObject([
    400,
    { error: { type: 'invalid_request_error' } },
  ]);
});

test('who begins TLS is kept waiting, and other bytes that are no HTTP are refused', async () => {
  const { hostname, port } = new URL(url);
  const dial = (bytes: Buffer | string) => connect(Number(port), hostname).end(bytes);
  const refused = dial('no HTTP\r\n\r\n');
  const [head] = await once(refused, 'data');
  expect(String(head)).toMatch(/^HTTP\/1\.1 400 /);
  const waiting = connectTls({ host: hostname, port: Number(port), timeout: 100 });
  expect(
    await Promise.race(
      ['error', 'secureConnect', 'timeout'].map((name) => once(waiting, name).then(() => name)),
    ),
  ).toBe('timeout');
  waiting.destroy();
});
