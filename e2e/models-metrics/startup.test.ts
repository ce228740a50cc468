import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let scope: ScopeClient | undefined;
beforeAll(() => {
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());
beforeEach(() => needs('models', 'provider-metrics'));

/** What each worker of the gateway answers. */
async function ofEach(path: string) {
  const workers = (await scope?.workers('gateway')) ?? [];
  return Promise.all(
    workers.map(async ({ index }) => {
      const answer = await scope?.workerClient('gateway', index).get(path);
      return { pid: answer?.pid, status: answer?.status, body: answer?.json() };
    }),
  );
}

// covers 001/startup-smoke
// covers 001/live-processes-models
test('every worker lists the same models once the gateway is up', async () => {
  const answers = await ofEach('/v1/models');
  expect(new Set(answers.map(({ pid }) => pid)).size).toBeGreaterThan(1);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(answers.map(({ body }) => body)).toEqual(answers.map(() => answers[0]?.body));
});

// covers 001/startup-smoke
// covers 001/live-processes-provider-metrics
test('every worker tells of the same providers once the gateway is up', async () => {
  const answers = await ofEach('/v1/metrics/providers');
  expect(new Set(answers.map(({ pid }) => pid)).size).toBeGreaterThan(1);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const names = answers.map(({ body }) => Object.keys(body as object).sort());
  expect(names).toEqual(answers.map(() => names[0]));
  expect(names[0]?.length).toBeGreaterThan(0);
});
