/** @alone */
import { beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { call, credentials, figuresIn, needsMetered } from './metered.ts';

beforeEach(async () => {
  await needs('provider-metrics');
  await needsMetered();
});

// covers 001/live-processes-provider-metrics
test('the figures of providers survive a restart of all workers', async () => {
  const scope = stackScope('gateway');
  try {
    const [first, second] = [1, 2].map((index) => scope.workerClient('gateway', index));
    await Promise.all([first, second].map((worker) => worker && call(worker)));
    const ask = async (index: number) => {
      const answer = await scope
        .workerClient('gateway', index)
        .get('/v1/metrics/providers', { headers: credentials() });
      return { pid: answer.pid, figures: figuresIn(answer.json()) };
    };
    const before = await ask(1);
    expect(before.figures.success_count).toBeGreaterThanOrEqual(2);
    await restartService('gateway');
    const after = await Promise.all([ask(1), ask(2)]);
    expect(after.map(({ pid }) => pid)).not.toContain(before.pid);
    expect(after.map(({ figures }) => figures)).toEqual([before.figures, before.figures]);
  } finally {
    scope.close();
  }
}, 150_000);
