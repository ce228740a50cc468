import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ended, granted, start } from '../../harness/suite/agents/agent-client.ts';
import { idsIn, logged, openLog, outputIn, readLog } from '../../harness/suite/agents/agent-log.ts';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { release } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
let workers: readonly [WorkerProxy, WorkerProxy];
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
  workers = [scope.proxyFor('gateway', 1), scope.proxyFor('gateway', 2)];
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('agents');
  await needsSeveralWorkers(scope, 'gateway');
  await needsScriptedAgents();
});

// covers 001/agent-parity
test('the log of a run that is over is replayed behind any of its ids, the same on every worker', async () => {
  const { mark } = newOperation({ tokens: 5 });
  const { session_id } = await start(model, `Hi ${mark}`, { worker: workers[0] });
  await ended(session_id);
  const whole = await readLog(session_id, { worker: workers[0] });
  expect(whole.contentType).toMatch(/^text\/event-stream/);
  const lines = logged(whole.lines);
  expect(idsIn(lines)).toEqual(lines.map((_, at) => at + 1));
  expect(outputIn(lines)).toBe('w1 w2 w3 w4 w5');
  for (const [at, { id = '' }] of lines.entries()) {
    const seen = await readLog(session_id, { worker: workers[at % 2], after: id });
    expect(logged(seen.lines)).toEqual(lines.slice(at + 1));
    expect(seen.lines.at(-1)).toEqual({ type: 'end', status: 'completed' });
  }
});

test('a log that was left is gone on with exactly behind the last id, on another worker and while the run goes on', async () => {
  const { id, mark } = newOperation({ tokens: 12, hold: 6 });
  const { session_id } = await start(model, `Hi ${mark}`, { worker: workers[0] });
  const open = openLog(session_id, { worker: workers[0] });
  await open.untilOutput('w4');
  open.leave();
  await open.whole;
  const before = logged(open.lines);
  const again = openLog(session_id, { worker: workers[1], after: before.at(-1)?.id ?? '' });
  await again.until('a first line', ({ type }) => type === 'connected');
  await release(id);
  const after = logged((await again.whole).lines);
  expect(idsIn([...before, ...after])).toEqual([...before, ...after].map((_, at) => at + 1));
  expect(outputIn([...before, ...after])).toBe('w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12');
});

test('a log tells of every attempt, and ends only when the last one has', async () => {
  const { id, mark } = newOperation({ tokens: 4, hold: 2 });
  const { session_id } = await start(model, `Hi ${mark}`, { worker: workers[0] });
  const open = openLog(session_id, { worker: workers[1] });
  await open.untilOutput('w1');
  await granted('POST', `/${session_id}/stop`);
  await open.whole;
  await granted('POST', `/${session_id}/resume`, undefined, { worker: workers[1] });
  const all = openLog(session_id, { worker: workers[0] });
  await all.until('the second attempt', ({ attempt, status }) => attempt === 2 && status === 'running');
  await release(id);
  const { lines } = await all.whole;
  const statuses = lines.flatMap(({ type, status }) => (type === 'status' ? [status] : []));
  expect(statuses).toEqual(['running', 'stopped', 'running', 'completed']);
  expect(outputIn(lines, 2)).toBe('w1 w2 w3 w4');
  expect(logged(lines).slice(0, idsIn(open.lines).length)).toEqual(logged(open.lines));
});

test('an id that the log never had is answered with a reset, and then with all that there is', async () => {
  const { mark } = newOperation({ tokens: 2 });
  const { session_id } = await start(model, `Hi ${mark}`);
  await ended(session_id);
  const whole = await readLog(session_id);
  const { lines } = await readLog(session_id, { after: 1_000_000 });
  expect(lines.find(({ type }) => type !== 'connected')).toMatchObject({ type: 'reset' });
  expect(logged(lines).filter(({ type }) => type !== 'reset')).toEqual(logged(whole.lines));
});

test('silence of the agent is filled with heartbeats', async () => {
  const { id, mark } = newOperation({ tokens: 2, hold: 1 });
  const { session_id } = await start(model, `Hi ${mark}`);
  const open = openLog(session_id);
  await open.untilHeartbeat();
  await release(id);
  const { lines } = await open.whole;
  expect(lines.at(-1)).toEqual({ type: 'end', status: 'completed' });
});

test('many followers of one run, on both workers, see the same', async () => {
  const { id, mark } = newOperation({ tokens: 20, hold: 2 });
  const { session_id } = await start(model, `Hi ${mark}`);
  const logs = Array.from({ length: 20 }, (_, at) => openLog(session_id, { worker: workers[at % 2] }));
  await Promise.all(logs.map((log) => log.untilOutput('w1')));
  await release(id);
  const seen = await Promise.all(logs.map(({ whole }) => whole));
  const [one] = seen;
  expect(outputIn(one?.lines ?? [])).toMatch(/^w1 .* w20$/);
  for (const { lines } of seen) expect(logged(lines)).toEqual(logged(one?.lines ?? []));
});
