/** @alone */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAgent, ended, granted, start, statusOf } from '../../harness/suite/agents/agent-client.ts';
import { idsIn, logged, openLog, outputIn, readLog } from '../../harness/suite/agents/agent-log.ts';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { killWorker, needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('agents');
  await needsSeveralWorkers(scope, 'gateway');
  await needsScriptedAgents();
});

const through = (worker: number) => ({ worker: scope.proxyFor('gateway', worker) });

// covers 001/agent-resume
test.each([1, 2])(
  'a run whose worker %i is killed is interrupted, keeps what was said, and is resumed on the other worker',
  async (runner) => {
    const other = 3 - runner;
    const { id, mark } = newOperation({ tokens: 8, hold: 4 });
    const { session_id } = await start(model, `Hi ${mark}`, through(runner));
    const log = openLog(session_id, through(other));
    await log.untilOutput('w3');
    await killWorker(scope, 'gateway', runner);
    expect((await log.whole).lines.at(-1)).toEqual({ type: 'end', status: 'interrupted' });
    await waitForJournal(id, 'hungup');
    const left = await statusOf(session_id, through(other));
    expect(left).toMatchObject({ status: 'interrupted', output: outputIn(log.lines) });

    const resumed = await granted('POST', `/${session_id}/resume`, undefined, through(other));
    expect(resumed).toMatchObject({ status: 'running', attempt: left.attempt + 1, resumed: true });
    await release(id);
    expect(await ended(session_id, through(runner))).toMatchObject({
      status: 'completed',
      output: 'w1 w2 w3 w4 w5 w6 w7 w8',
    });
    const whole = await readLog(session_id, through(runner));
    expect(logged(whole.lines).slice(0, logged(log.lines).length)).toEqual(logged(log.lines));
    expect(idsIn(whole.lines)).toEqual(idsIn(whole.lines).map((_, at) => at + 1));
    expect(await journalOf(id)).toHaveLength(2);
  },
  90_000,
);

// covers 001/agent-continuation
test('an interrupted run is continued on another worker, with all that was acknowledged', async () => {
  const held = newOperation({ tokens: 8, hold: 4 });
  const { session_id } = await start(model, 'My name is Alice', through(1));
  await ended(session_id, through(2));
  const content = `Say more ${held.mark}`;
  await granted('POST', `/${session_id}/messages`, { content }, through(1));
  const log = openLog(session_id, through(2));
  await log.untilOutput('w3');
  await killWorker(scope, 'gateway', 1);
  await log.whole;
  const next = newOperation();
  const last = `What is my name? ${next.mark}`;
  await granted('POST', `/${session_id}/messages`, { content: last }, through(2));
  expect((await ended(session_id, through(2))).output).toContain('Alice');
  const [upstream] = await journalOf(next.id);
  const said = upstream?.messages.filter(({ role }) => role === 'user').map(({ text }) => text);
  expect(said).toEqual(['My name is Alice', content, last]);
}, 90_000);

test('a worker that only stood still has lost its run, and says nothing more in it', async () => {
  const { id, mark } = newOperation({ tokens: 8, hold: 4 });
  const { session_id } = await start(model, `Hi ${mark}`, through(1));
  const log = openLog(session_id, through(2));
  await log.untilOutput('w3');
  await scope.stop('gateway', 1);
  try {
    await log.whole;
    expect((await statusOf(session_id, through(2))).status).toBe('interrupted');
    await granted('POST', `/${session_id}/resume`, undefined, through(2));
    await release(id);
    await ended(session_id, through(2));
  } finally {
    await scope.continue('gateway', 1);
  }
  // The first worker answers again, so it has had time to read what the model sent it meanwhile.
  const run = await until(
    'an answer of the first worker',
    () => statusOf(session_id, through(1)).catch(() => undefined),
    30_000,
  );
  expect(run).toMatchObject({ status: 'completed', output: 'w1 w2 w3 w4 w5 w6 w7 w8', attempt: 2 });
  const [first, second] = await until('both calls upstream to be over', async () => {
    const calls = await journalOf(id);
    return calls.length === 2 && calls.every(({ completedAt, hungUpAt }) => completedAt ?? hungUpAt) && calls;
  });
  expect([first, second]).not.toContain(undefined);
  const { lines } = await readLog(session_id, through(1));
  expect(outputIn(lines, 2)).toBe('w1 w2 w3 w4 w5 w6 w7 w8');
  expect(outputIn(lines, 1)).toBe(outputIn(log.lines));
  const statuses = lines.flatMap(({ type, status }) => (type === 'status' ? [status] : []));
  expect(statuses).toEqual(['running', 'interrupted', 'running', 'completed']);
}, 90_000);

test.each([1, 2])(
  'a kill of worker %i loses no run that was acknowledged, and none stays under way',
  async (worker) => {
    let over = false;
    const begun: { readonly session_id: string; readonly op: string }[] = [];
    const load = [1, 2].map(async (each) => {
      while (!over) {
        const { id, mark } = newOperation({ tokens: 6, tps: 60 });
        const body = { model, prompt: `Hi ${mark}` };
        const answer = await askAgent('POST', '/start', body, through(each)).catch(() => undefined);
        if (answer?.status === 200) begun.push({ session_id: answer.body.session_id, op: id });
        // Not more at a time than a tenant may have.
        if (answer?.status === 200) await ended(answer.body.session_id).catch(() => undefined);
      }
    });
    try {
      await until('some runs', () => begun.length >= 6, 20_000);
      await killWorker(scope, 'gateway', worker);
      const then = begun.length;
      await until('runs after the kill', () => begun.length >= then + 4, 30_000);
    } finally {
      over = true;
      await Promise.all(load);
    }
    for (const { session_id, op } of begun) {
      const run = await ended(session_id);
      expect(['completed', 'interrupted']).toContain(run.status);
      const calls = await journalOf(op);
      if (run.status === 'completed') expect([run.output, calls.length]).toEqual(['w1 w2 w3 w4 w5 w6', 1]);
      else await granted('POST', `/${session_id}/resume`);
      expect(await ended(session_id)).toMatchObject({ status: 'completed', output: 'w1 w2 w3 w4 w5 w6' });
    }
  },
  120_000,
);
