import { expect, test } from '@jest/globals';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { service } from '../../../harness/suite/stack.ts';

const get = (url: string) => fetch(url, { signal: AbortSignal.timeout(10_000) });

test('the gateway says that it is up', async () => {
  needsTarget('api');
  expect((await get(`${service('gateway').url}/health`)).status).toBe(200);
});

test('the models of the gateway can be asked for', async () => {
  needsTarget('clients');
  const answer = await get(`${service('gateway').url}/v1/models`);
  expect([200, 401]).toContain(answer.status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
});
