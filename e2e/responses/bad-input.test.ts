import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { needs } from '../../harness/suite/offered/needs.ts';
import { ask, type PlainAnswer } from '../../harness/suite/responses/caller.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { seed, service } from '../../harness/suite/stack.ts';
import type { ScopeClient, WorkerView } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient | undefined;
let before: readonly WorkerView[] = [];
beforeAll(async () => {
  model = await textModel();
  if (!service('gateway').ours) return;
  scope = stackScope('gateway');
  before = await scope.workers('gateway');
});
afterAll(() => scope?.close());
beforeEach(() => needs('responses'));

/** Whatever came in, the workers are those of before and answer. */
afterEach(async () => {
  const { status } = await ask('POST', '/responses', { model, input: 'Hi' });
  expect(status).toBe(200);
  if (scope)
    expect((await scope.workers('gateway')).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
});

/** A refusal as the OpenAI API words them. */
function expectRefused({ status, body }: PlainAnswer, ...statuses: readonly number[]): void {
  expect(statuses).toContain(status);
  expect(body).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } });
  expect(body.error.message).not.toMatch(/\bat .*\.(ts|js):\d+|node_modules/);
}

test('a body that is no JSON is refused with 400', async () => {
  expectRefused(await ask('POST', '/responses', '{"model": "scripted", "input": '), 400);
});

test('an empty body is refused with 400', async () => {
  expectRefused(await ask('POST', '/responses', ''), 400);
});

test('JSON that is no object is refused', async () => {
  expectRefused(await ask('POST', '/responses', '[1, 2]'), 400, 422);
});

test('a body without a model is refused', async () => {
  expectRefused(await ask('POST', '/responses', { input: 'Hi' }), 400, 422);
});

test('a field of a wrong type is refused with its name', async () => {
  const answer = await ask('POST', '/responses', { model, input: 'Hi', temperature: 'hot' });
  expectRefused(answer, 400, 422);
  expect(`${answer.body.error.param} ${answer.body.error.message}`).toContain('temperature');
});

test('a temperature that there is not is refused', async () => {
  expectRefused(await ask('POST', '/responses', { model, input: 'Hi', temperature: 9 }), 400, 422);
});

test('an unknown field is refused with its name, or passed over', async () => {
  const answer = await ask('POST', '/responses', { model, input: 'Hi', gauntlet_unknown: true });
  if (answer.status === 200) expect(answer.body.status).toBe('completed');
  else {
    expectRefused(answer, 400, 422);
    expect(`${answer.body.error.param} ${answer.body.error.message}`).toContain('gauntlet_unknown');
  }
});

test('an item of no known type is refused', async () => {
  const input = [{ type: 'gauntlet_unknown', text: 'Hi' }];
  expectRefused(await ask('POST', '/responses', { model, input }), 400, 422);
});

test('the result of a call that nobody made is refused', async () => {
  const input = [{ type: 'function_call_output', call_id: 'call_unknown', output: 'yes' }];
  expectRefused(await ask('POST', '/responses', { model, input }), 400, 422);
});

test('a previous response and a conversation at once are refused', async () => {
  const body = { model, input: 'Hi', previous_response_id: 'resp_1', conversation: 'conv_1' };
  expectRefused(await ask('POST', '/responses', body), 400, 404, 422);
});

test('a response in the background that is not stored is refused', async () => {
  const body = { model, input: 'Hi', background: true, store: false };
  expectRefused(await ask('POST', '/responses', body), 400, 422);
});

test('a body of 10 MB is answered, or refused as too large', async () => {
  const answer = await ask('POST', '/responses', { model, input: 'a'.repeat(9_999_000) });
  if (answer.status === 200) expect(answer.body.status).toBe('completed');
  else expectRefused(answer, 400, 413);
});

test('a body of more than a service should read is refused with 413', async () => {
  const body = `{"model": "${model}", "input": "${'a'.repeat(120 * 1024 * 1024)}"}`;
  // A server may close the connection under a body that it does not want to read to the end.
  const answer = await ask('POST', '/responses', body).catch(() => undefined);
  if (answer) expectRefused(answer, 413);
});

test('bytes that are no UTF-8 are refused or read as replacement characters', async () => {
  const body = Buffer.concat([
    Buffer.from(`{"model": "${model}", "input": "`),
    Buffer.from([0xc3, 0x28, 0xff]),
    Buffer.from('"}'),
  ]);
  const answer = await ask('POST', '/responses', body);
  if (answer.status !== 200) expectRefused(answer, 400, 422);
});

test('a NUL in a text is stored and read again, or refused', async () => {
  const answer = await ask('POST', '/responses', { model, input: 'one\u0000two' });
  if (answer.status !== 200) return expectRefused(answer, 400, 422);
  expect((await ask('GET', `/responses/${answer.body.id}`)).status).toBe(200);
  expect((await ask('GET', `/responses/${answer.body.id}/input_items`)).status).toBe(200);
});

test('half of a surrogate pair is stored and read again, or refused', async () => {
  const answer = await ask('POST', '/responses', `{"model": "${model}", "input": "a\\ud800b"}`);
  if (answer.status !== 200) return expectRefused(answer, 400, 422);
  expect((await ask('GET', `/responses/${answer.body.id}/input_items`)).status).toBe(200);
});

test('JSON nested a hundred thousand deep is refused', async () => {
  const deep = 100_000;
  const body = `{"model": "${model}", "input": ${'['.repeat(deep)}${']'.repeat(deep)}}`;
  expectRefused(await ask('POST', '/responses', body), 400, 422);
});

test('a schema nested deep in a tool is refused or passed on', async () => {
  let parameters: object = { type: 'string' };
  for (let depth = 0; depth < 500; depth += 1) parameters = { type: 'object', properties: { a: parameters } };
  const tools = [{ type: 'function', name: 'look', parameters, strict: false }];
  const answer = await ask('POST', '/responses', { model, input: 'Hi', tools });
  if (answer.status !== 200) expectRefused(answer, 400, 422);
});

test('ids that nobody gave out are not found, whatever is in them', async () => {
  const ids = [
    'resp_unknown',
    '%00',
    '..%2F..%2Fetc',
    "'%3B%20drop%20table",
    'a'.repeat(2_000),
    '%F0%9F%98%80',
  ];
  for (const id of ids) {
    const answer = await ask('GET', `/responses/${id}`);
    expectRefused(answer, 400, 404, 414);
  }
});

test('a place in a stream that is no number is refused', async () => {
  const { body } = await ask('POST', '/responses', { model, input: 'Hi' });
  const path = `/responses/${body.id}?stream=true&starting_after=soon`;
  expectRefused(await ask('GET', path), 400, 422);
});

test('a page that nobody can ask for is refused', async () => {
  const { body } = await ask('POST', '/responses', { model, input: 'Hi' });
  expectRefused(await ask('GET', `/responses/${body.id}/input_items?limit=0`), 400, 422);
  expectRefused(await ask('GET', `/responses/${body.id}/input_items?order=sideways`), 400, 422);
  expectRefused(await ask('GET', `/responses/${body.id}/input_items?after=item_unknown`), 400, 404, 422);
});

test('no JSON at all in place of any field brings the service down', async () => {
  const fields = [
    'input',
    'tools',
    'tool_choice',
    'metadata',
    'include',
    'text',
    'reasoning',
    'stream_options',
  ];
  const anything = fc.record({ field: fc.constantFrom(...fields), value: fc.jsonValue({ maxDepth: 3 }) });
  await fc.assert(
    fc.asyncProperty(anything, async ({ field, value }) => {
      const answer = await ask('POST', '/responses', { model, input: 'Hi', [field]: value });
      if (answer.status !== 200) expectRefused(answer, 400, 404, 422);
    }),
    { numRuns: 60, seed: seed() },
  );
});
