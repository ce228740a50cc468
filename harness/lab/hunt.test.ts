import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { gauntletError } from '../errors.ts';
import counter from '../workloads/example/counter.ts';
import type { Workload } from '../workloads/workload.ts';
import { hunt } from './hunt.ts';
import { isFirm } from './hunting/finding.ts';
import { openTestLab, type TestLab } from './test-lab.ts';

let open: TestLab | undefined;
afterEach(() => open?.close());

const bounds = { seed: 1, runs: 25, timeMs: 60_000, signal: new AbortController().signal };

/** Counts; `lose` says which increases, counted over all counters since the start, it forgets. */
const counting = (lose: (nth: number) => boolean) => (): RequestListener => {
  const counts = new Map<string, number>();
  let increases = 0;
  return ({ method, url = '' }, response) => {
    if (method === 'POST') {
      increases += 1;
      if (!lose(increases)) counts.set(url, (counts.get(url) ?? 0) + 1);
    }
    response.end(JSON.stringify({ count: counts.get(url) ?? 0 }));
  };
};

const withPrepare = (before: (nth: number) => Promise<void>): Workload => {
  let runs = 0;
  return {
    ...counter,
    prepare: async (run) => {
      runs += 1;
      await before(runs);
      return counter.prepare(run);
    },
  };
};

test('what is not there to be found is not found, and the checkers that judged are told', async () => {
  open = await openTestLab(
    counter,
    counting(() => false),
  );
  const result = await hunt(open.lab, bounds);
  expect(result).toMatchObject({ verdict: 'valid', plans: 25, notJudged: [], mishaps: [] });
  expect(result.judged['stale-read']).toBeGreaterThan(12);
});

test('a counter that forgets every 15th increase is found by a plan that has enough of them, and comes back', async () => {
  open = await openTestLab(
    counter,
    counting((nth) => nth % 15 === 0),
  );
  const { subject } = open;
  const notes: string[] = [];
  const { verdict, finding } = await hunt(open.lab, {
    ...bounds,
    runs: 100,
    subject,
    onNote: (line) => notes.push(line),
  });
  expect(verdict).toBe('invalid');
  expect(notes.join('\n')).toMatch(/came back \d of/);
  expect(finding && isFirm(finding)).toBe(true);
}, 60_000);

test('one that forgets its 25th increase and no other comes back on a fresh subject only, and both rates are there', async () => {
  open = await openTestLab(
    counter,
    counting((nth) => nth === 25),
  );
  const { subject } = open;
  const { finding } = await hunt(open.lab, { ...bounds, runs: 30, subject });
  expect(finding?.fresh?.reproduced).toBeGreaterThanOrEqual(8);
  expect(finding?.rate).toMatchObject({ reproduced: 0, of: 10 });
  expect(finding?.nearby).toMatch(/after the \d+ plans|times/);
}, 60_000);

test('a finding that never comes back is reported as one that did not, after the time is over', async () => {
  let forgotten = false;
  open = await openTestLab(
    counter,
    counting((nth) => {
      const now = nth === 12 && !forgotten;
      forgotten ||= now;
      return now;
    }),
  );
  const result = await hunt(open.lab, { ...bounds, runs: 10, subject: open.subject });
  expect(result).toMatchObject({ verdict: 'invalid', plans: 10, finding: { rate: { reproduced: 0 } } });
}, 30_000);

test('fresh, the subject is restarted before every plan', async () => {
  open = await openTestLab(
    counter,
    counting(() => false),
  );
  const result = await hunt(open.lab, { ...bounds, runs: 5, fresh: true, subject: open.subject });
  expect(result.plans).toBe(5);
  expect(open.restarts()).toBe(5);
});

test('a subject that cannot be restarted cannot be hunted fresh', async () => {
  open = await openTestLab(
    counter,
    counting(() => false),
  );
  // As it runs elsewhere, for all that the lab knows.
  const result = await hunt(open.lab, { ...bounds, fresh: true });
  expect(result).toMatchObject({ verdict: 'not-judged', plans: 0, error: { code: 'GNT_SUBJECT_FIXED' } });
});

test('a subject that refuses what is prepared now and then is noted, and the hunt goes on', async () => {
  const refused = gauntletError('GNT_PLAN_FAILED', 'POST /counters was answered 503');
  const workload = withPrepare(async (nth) => {
    if (nth % 3 === 0) throw refused;
  });
  open = await openTestLab(
    workload,
    counting(() => false),
  );
  const result = await hunt(open.lab, { ...bounds, runs: 12, subject: open.subject });
  expect(result).toMatchObject({ verdict: 'valid', plans: 8 });
  expect(result.mishaps).toHaveLength(4);
  expect(result.error).toBeUndefined();
});

test('three plans in a row that cannot be run end the hunt with the error, and what was judged stays', async () => {
  const workload = withPrepare(async (nth) => {
    if (nth > 4) throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  });
  open = await openTestLab(
    workload,
    counting(() => false),
  );
  const result = await hunt(open.lab, { ...bounds, subject: open.subject });
  expect(result).toMatchObject({ verdict: 'unknown', plans: 4, error: { code: 'GNT_PREPARE_FAILED' } });
  expect(result.error?.message).toContain('no answer in time');
  expect(result.mishaps).toHaveLength(3);
});

test('an operation that hangs ends unknown and is no error', async () => {
  let requests = 0;
  const answer = counting(() => false)();
  open = await openTestLab(
    counter,
    () => (request, response) => {
      requests += 1;
      if (requests % 15 !== 0) answer(request, response);
    },
    100,
  );
  const only = { ...counter, checks: () => [{ checker: 'stale-read' }] };
  const result = await hunt({ ...open.lab, workload: only }, { ...bounds, runs: 3, subject: open.subject });
  expect(result.error).toBeUndefined();
  expect(result.mishaps).toEqual([]);
});

test('a hunt whose runs were mostly vacuous has judged too little to be valid', async () => {
  let runs = 0;
  const workload: Workload = {
    ...counter,
    prepare: async (run) => {
      runs += 1;
      const prepared = await counter.prepare(run);
      const refused = async () => ({ type: 'fail', error: '429 slow down' }) as const;
      return runs <= 2 ? prepared : { ...prepared, perform: refused };
    },
  };
  open = await openTestLab(
    workload,
    counting(() => false),
  );
  const result = await hunt(open.lab, { ...bounds, runs: 6, subject: open.subject });
  expect(result).toMatchObject({ verdict: 'not-judged', plans: 6, vacuous: 4 });
});

test('a hunt that is interrupted says what it had', async () => {
  const stop = new AbortController();
  open = await openTestLab(
    counter,
    counting(() => false),
  );
  const onPlan = (_: unknown, path: number) => {
    if (path === 4) stop.abort();
  };
  const result = await hunt(open.lab, { ...bounds, signal: stop.signal, onPlan });
  expect(result).toMatchObject({ plans: 5, verdict: 'valid' });
});
