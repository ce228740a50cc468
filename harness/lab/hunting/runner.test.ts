import { afterEach, expect, test } from '@jest/globals';
import { gauntletError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import counter from '../../workloads/example/counter.ts';
import type { Workload } from '../../workloads/workload.ts';
import { measureRate } from '../rate.ts';
import { openTestLab, type TestLab } from '../test-lab.ts';
import { Runner } from './runner.ts';

let open: TestLab | undefined;
afterEach(() => open?.close());

const plan: Plan = { version: 1, workload: 'counter', seed: 1, clients: 0, phases: [] };

/** The n-th run fails while it is prepared, with what is thrown here. */
const failing = (fails: (nth: number) => unknown): Workload => {
  let runs = 0;
  return {
    ...counter,
    prepare: async (run) => {
      runs += 1;
      const error = fails(runs);
      if (error !== undefined) throw error;
      return counter.prepare(run);
    },
  };
};

async function runnerOf(workload: Workload, isThere = true): Promise<Runner> {
  open = await openTestLab(workload, () => (_, response) => void response.end('{"count":0}'));
  return new Runner(open.lab, { subject: { ...open.subject, answers: async () => isThere } });
}

test('a plan that cannot be run is noted with its code, and the subject that is there is left alone', async () => {
  const runner = await runnerOf(
    failing((nth) => (nth === 1 ? gauntletError('GNT_PLAN_FAILED', 'no') : undefined)),
  );
  expect(await runner.run(plan)).toBeUndefined();
  expect(await runner.run(plan)).toBeDefined();
  expect(runner.mishaps).toEqual([{ code: 'GNT_PLAN_FAILED', message: 'A plan could not be run: no' }]);
  expect(open?.restarts()).toBe(0);
});

test('a subject that is gone is started again', async () => {
  const runner = await runnerOf(
    failing((nth) => (nth === 1 ? new Error('socket hang up') : undefined)),
    false,
  );
  await runner.run(plan);
  expect(open?.restarts()).toBe(1);
});

test('a subject that is there and does not answer what is asked of it is started again as well', async () => {
  const silent = gauntletError('GNT_SUBJECT_SILENT', 'POST /items', 'no answer in time');
  const runner = await runnerOf(failing((nth) => (nth === 1 ? silent : undefined)));
  await runner.run(plan);
  expect(open?.restarts()).toBe(1);
});

test('the third in a row is thrown with a code, whatever it was, and one that goes well begins a new row', async () => {
  const runner = await runnerOf(failing((nth) => (nth === 3 ? undefined : new TypeError(`number ${nth}`))));
  for (let nth = 1; nth <= 5; nth += 1) await runner.run(plan);
  await expect(runner.run(plan)).rejects.toMatchObject({
    code: 'GNT_PREPARE_FAILED',
    message: expect.stringContaining('number 6'),
  });
});

test('a subject that acknowledges and does nothing is given many more plans, which may need less beforehand', async () => {
  const runner = await runnerOf(failing(() => gauntletError('GNT_SUBJECT_IDLE', 'POST /items', '{}')));
  for (let nth = 1; nth < 30; nth += 1) expect(await runner.run(plan)).toBeUndefined();
  await expect(runner.run(plan)).rejects.toMatchObject({ code: 'GNT_SUBJECT_IDLE' });
});

test('a run that could not be brought to its end counts as one that did not show it', async () => {
  const runner = await runnerOf(failing((nth) => (nth % 2 === 0 ? new Error('no') : undefined)));
  const rate = await measureRate(runner, plan, 4, () => true);
  expect(rate).toMatchObject({ reproduced: 2, of: 4 });
});

test('measuring stops where what is needed can no longer be reached', async () => {
  const runner = await runnerOf(failing(() => undefined));
  const rate = await measureRate(runner, plan, 10, () => false, { atLeast: 8 });
  expect(rate).toMatchObject({ reproduced: 0, of: 3 });
});

test('fresh runs restart the subject first, and runners made of it count mishaps together', async () => {
  const runner = await runnerOf(failing((nth) => (nth === 1 ? new Error('no') : undefined)));
  const fresh = runner.with({ fresh: true });
  await fresh.run(plan);
  await fresh.run(plan);
  expect(open?.restarts()).toBe(2);
  expect(runner.mishaps).toHaveLength(1);
});
