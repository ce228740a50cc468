import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAgent, ended, granted, start, statusOf } from '../../harness/suite/agents/agent-client.ts';
import { needsScriptedAgents } from '../../harness/suite/agents/scripted-agents.ts';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { otherKey } from '../../harness/suite/responses/caller.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
let workers: readonly WorkerProxy[] = [];
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
  workers = [1, 2].map((index) => scope.proxyFor('gateway', index));
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('agents');
  await needsSeveralWorkers(scope, 'gateway');
  await needsScriptedAgents();
});

/** The same request so many times at once, through both workers. */
const atOnce = (times: number, method: string, path: string, body?: unknown, idempotencyKey?: string) =>
  Promise.all(
    Array.from({ length: times }, (_, at) => {
      const key = idempotencyKey === undefined ? {} : { idempotencyKey };
      return askAgent(method, path, body, { worker: workers[at % 2], ...key });
    }),
  );

// covers 001/agent-resume
test('of many resumptions at once, through both workers, one begins an attempt', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, mark } = newOperation({ tokens: 4, hold: 1 });
    const { session_id, attempt } = await start(model, `Hi ${mark}`, { worker: workers[round % 2] });
    await waitForJournal(id, 'arrived');
    await granted('POST', `/${session_id}/stop`);
    const answers = await atOnce(8, 'POST', `/${session_id}/resume`);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.map(({ body }) => body.attempt)).toEqual(answers.map(() => attempt + 1));
    expect(answers.filter(({ body }) => body.resumed)).toHaveLength(1);
    await release(id);
    expect(await ended(session_id)).toMatchObject({ status: 'completed', output: 'w1 w2 w3 w4' });
    expect(await journalOf(id)).toHaveLength(2);
  }
}, 60_000);

test('a run that is complete is not resumed', async () => {
  const { id, mark } = newOperation({ tokens: 2 });
  const { session_id } = await start(model, `Hi ${mark}`);
  const done = await ended(session_id);
  const again = await granted('POST', `/${session_id}/resume`);
  expect(again).toMatchObject({ status: 'completed', attempt: done.attempt, resumed: false });
  expect(await journalOf(id)).toHaveLength(1);
});

test('of many messages at once, through both workers, one is taken', async () => {
  const { session_id } = await start(model, 'Hi');
  await ended(session_id);
  const { id, mark } = newOperation({ tokens: 4, hold: 1 });
  const answers = await atOnce(8, 'POST', `/${session_id}/messages`, { content: `More ${mark}` });
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
  await release(id);
  await ended(session_id);
  expect((await granted('GET', `/${session_id}/messages`)).messages).toHaveLength(4);
  expect(await journalOf(id)).toHaveLength(1);
});

test('a start that is sent many times with one key is one run, with one answer for all', async () => {
  const { id, mark } = newOperation({ tokens: 3 });
  const key = randomUUID();
  const answers = await atOnce(8, 'POST', '/start', { model, prompt: `Hi ${mark}` }, key);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
  await ended(answers[0]?.body.session_id);
  expect(await journalOf(id)).toHaveLength(1);
});

test('a message that is sent many times with one key is said once, and so is a resumption', async () => {
  const { session_id } = await start(model, 'Hi');
  await ended(session_id);
  const { id, mark } = newOperation({ tokens: 4, hold: 1 });
  const message = { content: `More ${mark}` };
  const path = `/${session_id}/messages`;
  const said = await atOnce(6, 'POST', path, message, randomUUID());
  for (const { status, body } of said) expect([status, body]).toEqual([200, said[0]?.body]);
  await waitForJournal(id, 'arrived');
  await granted('POST', `/${session_id}/stop`);
  const key = randomUUID();
  const resumed = await atOnce(6, 'POST', `/${session_id}/resume`, undefined, key);
  for (const { status, body } of resumed) expect([status, body]).toEqual([200, resumed[0]?.body]);
  expect(resumed[0]?.body.resumed).toBe(true);
  await granted('POST', `/${session_id}/stop`);
  // The key is that of the first resumption: a late duplicate begins nothing.
  const late = await askAgent('POST', `/${session_id}/resume`, undefined, { idempotencyKey: key });
  expect(late.body).toEqual(resumed[0]?.body);
  expect((await statusOf(session_id)).status).toBe('stopped');
  expect((await granted('GET', path)).messages).toHaveLength(3);
});

test('a key that comes with another body is refused, and is another tenant’s own', async () => {
  const { id, mark } = newOperation({ tokens: 2 });
  const idempotencyKey = randomUUID();
  const first = await askAgent('POST', '/start', { model, prompt: `Hi ${mark}` }, { idempotencyKey });
  const other = newOperation({ tokens: 2 });
  const body = { model, prompt: `Hi ${other.mark}` };
  const refused = await askAgent('POST', '/start', body, { idempotencyKey });
  expect([409, 422]).toContain(refused.status);
  const theirs = await askAgent('POST', '/start', body, { idempotencyKey, key: otherKey() });
  expect(theirs.status).toBe(200);
  expect(theirs.body.session_id).not.toBe(first.body.session_id);
  await Promise.all([waitForJournal(id, 'completed'), waitForJournal(other.id, 'completed')]);
  expect(await journalOf(other.id)).toHaveLength(1);
});

test('a tenant has no more runs at a time than the limit, counted over both workers', async () => {
  if (!service('gateway').ours) skip('the limit of this gateway is not known');
  const limit = 32;
  const key = `sk-limit-${randomUUID()}`;
  const operations = Array.from({ length: limit + 8 }, () => newOperation({ tokens: 2, hold: 0 }));
  const answers = await Promise.all(
    operations.map(({ mark }, at) =>
      askAgent('POST', '/start', { model, prompt: `Hi ${mark}` }, { key, worker: workers[at % 2] }),
    ),
  );
  try {
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limit);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(8);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toBe('1');
    const stranger = await askAgent('POST', '/start', { model, prompt: 'Hi' }, { key: otherKey() });
    expect(stranger.status).toBe(200);
  } finally {
    const ids = answers.flatMap(({ body }) => body.session_id ?? []);
    await Promise.all(ids.map((id) => askAgent('POST', `/${id}/stop`, undefined, { key })));
  }
}, 60_000);
