import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAgent, ended, granted, start, statusOf } from '../../harness/suite/agents/agent-client.ts';
import { idsIn, openLog, outputIn, readLog } from '../../harness/suite/agents/agent-log.ts';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { cliModel } from '../../harness/suite/chat.ts';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
let first: WorkerProxy;
let second: WorkerProxy;
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
  first = scope.proxyFor('gateway', 1);
  second = scope.proxyFor('gateway', 2);
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('agents');
  await needsSeveralWorkers(scope, 'gateway');
  await needsScriptedAgents();
});

// covers 001/agent-parity
test('a run is started, seen to run on any worker, and completed with all that the agent said', async () => {
  const { id, mark } = newOperation({ tokens: 6, hold: 3 });
  const run = await start(model, `Hi ${mark}`, { worker: first });
  expect(run).toMatchObject({ status: 'running', agent: model });
  const log = openLog(run.session_id, { worker: second });
  await log.untilOutput('w2');
  expect((await statusOf(run.session_id, { worker: second })).status).toBe('running');
  await release(id);
  const { lines, endedCleanly } = await log.whole;
  expect(endedCleanly).toBe(true);
  expect(lines.at(-1)).toEqual({ type: 'end', status: 'completed' });
  const done = await statusOf(run.session_id, { worker: second });
  expect(done).toMatchObject({ status: 'completed', output: 'w1 w2 w3 w4 w5 w6', error: null, attempt: 1 });
  expect(await journalOf(id)).toHaveLength(1);
});

// covers 001/agent-parity
test('an agent of the gateway is asked like a model', async () => {
  const { id, mark } = newOperation({ say: 'Done.' });
  const { session_id } = await granted('POST', '/start', { agent: cliModel, prompt: `Hi ${mark}` });
  expect(await ended(session_id)).toMatchObject({ status: 'completed', agent: cliModel, output: 'Done.' });
  expect((await waitForJournal(id, 'completed')).answerText).toBe('Done.');
});

// covers 001/agent-parity
test('a stop from another worker hangs up on the model, and the run stays stopped', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const { session_id } = await start(model, `Hi ${mark}`, { worker: first });
  const log = openLog(session_id, { worker: second });
  await log.untilOutput('w3');
  const stopped = await granted('POST', `/${session_id}/stop`, undefined, { worker: second });
  expect(stopped).toMatchObject({ session_id, status: 'stopped' });
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
  expect((await log.whole).lines.at(-1)).toEqual({ type: 'end', status: 'stopped' });
  const said = (await statusOf(session_id, { worker: first })).output;
  expect(said).toBe(outputIn(log.lines));
  const again = await granted('POST', `/${session_id}/stop`, undefined, { worker: first });
  expect(again).toMatchObject({ status: 'stopped', attempt: stopped.attempt });
  expect((await statusOf(session_id)).output).toBe(said);
});

test('a stop before the first token hangs up as well', async () => {
  const { id, mark } = newOperation({ hold: 0, tokens: 2_000 });
  const { session_id } = await start(model, `Hi ${mark}`, { worker: first });
  await waitForJournal(id, 'arrived');
  await granted('POST', `/${session_id}/stop`, undefined, { worker: second });
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(2);
});

// covers 001/agent-parity
// covers 001/agent-resume
// covers 001/agent-continuation
test('start, message, events, stop, resume and continue are one conversation over both workers', async () => {
  const turns = [
    newOperation({ say: 'one' }),
    newOperation({ tokens: 6, hold: 2 }),
    newOperation({ say: 'three' }),
  ];
  const [begun, held, last] = turns.map(({ id }) => id) as [string, string, string];
  const { session_id } = await start(model, `Hi ${turns[0]?.mark}`, { worker: first });
  expect(await ended(session_id, { worker: second })).toMatchObject({ output: 'one', turn: 1 });

  const content = `Go on ${turns[1]?.mark}`;
  const said = await granted('POST', `/${session_id}/messages`, { content }, { worker: second });
  expect(said).toMatchObject({ ok: true, status: 'running', turn: 2 });
  const log = openLog(session_id, { worker: first });
  await log.untilOutput('w1');
  await granted('POST', `/${session_id}/stop`, undefined, { worker: first });
  await log.whole;

  const resumed = await granted('POST', `/${session_id}/resume`, undefined, { worker: first });
  expect(resumed).toMatchObject({ status: 'running', turn: 2, attempt: said.attempt + 1 });
  await release(held);
  expect(await ended(session_id, { worker: second })).toMatchObject({
    status: 'completed',
    output: 'w1 w2 w3 w4 w5 w6',
  });

  const more = `And more ${turns[2]?.mark}`;
  await granted('POST', `/${session_id}/messages`, { content: more }, { worker: first });
  expect(await ended(session_id, { worker: second })).toMatchObject({ status: 'completed', output: 'three' });
  const { messages } = await granted('GET', `/${session_id}/messages`, undefined, { worker: second });
  expect(messages.map(({ role, content: text }: never) => [role, text])).toEqual([
    ['user', `Hi ${turns[0]?.mark}`],
    ['agent', 'one'],
    ['user', content],
    ['agent', 'w1 w2 w3 w4 w5 w6'],
    ['user', more],
    ['agent', 'three'],
  ]);
  const [upstream] = await journalOf(last);
  expect(upstream?.messages.map(({ role }) => role)).toEqual([
    ...['user', 'assistant', 'user', 'assistant', 'user'],
  ]);
  expect(upstream?.messages[3]?.text).toBe('w1 w2 w3 w4 w5 w6');
  expect(await journalOf(begun)).toHaveLength(1);
  const whole = await readLog(session_id, { worker: second });
  expect(idsIn(whole.lines)).toEqual(idsIn(whole.lines).map((_, at) => at + 1));
});

test('what a stopped answer had come to stays in a conversation that is continued', async () => {
  const { mark } = newOperation({ tokens: 2_000, tps: 50 });
  const { session_id } = await start(model, `Hi ${mark}`);
  const log = openLog(session_id);
  await log.untilOutput('w3');
  await granted('POST', `/${session_id}/stop`);
  await log.whole;
  const next = newOperation({ say: 'yes' });
  await granted('POST', `/${session_id}/messages`, { content: `Is that all? ${next.mark}` });
  expect(await ended(session_id)).toMatchObject({ output: 'yes' });
  const [upstream] = await journalOf(next.id);
  expect(upstream?.messages.map(({ text }) => text).at(1)).toBe(outputIn(log.lines));
});

test('an agent that is answering takes no message, and nothing of it is kept', async () => {
  const { id, mark } = newOperation({ tokens: 6, hold: 1 });
  const { session_id } = await start(model, `Hi ${mark}`, { worker: first });
  const refused = await askAgent('POST', `/${session_id}/messages`, { content: 'Hm?' }, { worker: second });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([409, '1']);
  await waitForJournal(id, 'arrived');
  await release(id);
  await ended(session_id);
  const { messages } = await granted('GET', `/${session_id}/messages`);
  expect(messages).toHaveLength(2);
});

test('a model that breaks off fails the run, and a resumption may mend it', async () => {
  const { id, mark } = newOperation({ tokens: 6, cut: 3, times: 1 });
  const { session_id } = await start(model, `Hi ${mark}`);
  await waitForJournal(id, 'fault');
  const failed = await ended(session_id);
  expect(failed).toMatchObject({
    status: 'failed',
    error: expect.any(String),
    error_code: expect.any(String),
  });
  expect('w1 w2 w3 w4 w5 w6'.startsWith(failed.output?.trim() ?? 'nothing')).toBe(true);
  await granted('POST', `/${session_id}/resume`);
  expect(await ended(session_id)).toMatchObject({
    status: 'completed',
    output: 'w1 w2 w3 w4 w5 w6',
    error: null,
  });
});

test('runs are listed for their tenant, page by page', async () => {
  const key = `sk-list-${newOperation().id}`;
  const ids: string[] = [];
  for (const worker of [first, second, first])
    ids.push((await start(model, 'Hi', { key, worker })).session_id);
  const newest = await granted('GET', '/runs?limit=2', undefined, { key, worker: second });
  expect(newest.data.map(({ session_id }: { session_id: string }) => session_id)).toEqual([ids[2], ids[1]]);
  expect(newest.has_more).toBe(true);
  const rest = await granted('GET', `/runs?limit=2&after=${newest.last_id}`, undefined, {
    key,
    worker: first,
  });
  expect(rest).toMatchObject({ data: [{ session_id: ids[0] }], has_more: false });
});
