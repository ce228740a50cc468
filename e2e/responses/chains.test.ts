import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { journalOf } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
let first: OpenAI;
let second: OpenAI;
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
  first = caller({ worker: scope.proxyFor('gateway', 1) });
  second = caller({ worker: scope.proxyFor('gateway', 2) });
});
afterAll(() => scope?.close());
beforeEach(() => needs('responses'));

test('a response of one worker goes on through the other', async () => {
  const said = await first.responses.create({ model, input: 'My name is Alice' });
  const asked = await second.responses.create({
    model,
    input: 'What is my name?',
    previous_response_id: said.id,
  });
  expect(asked.output_text).toContain('Alice');
  expect(asked.previous_response_id).toBe(said.id);
});

test('a chain that changes workers with every turn gives the model each turn once, in order', async () => {
  await needsScriptedResponses();
  let previous: string | undefined;
  const operations = [1, 2, 3, 4].map((turn) => newOperation({ say: `answer ${turn}` }));
  for (const [turn, { mark }] of operations.entries()) {
    const response = await (turn % 2 === 0 ? first : second).responses.create({
      model,
      input: `turn ${turn + 1} ${mark}`,
      ...(previous ? { previous_response_id: previous } : {}),
    });
    previous = response.id;
  }
  const [upstream] = await journalOf(operations[3]?.id ?? '');
  expect(upstream?.messages.map(({ text }) => text.replace(/ \[\[.*/, ''))).toEqual([
    'turn 1',
    'answer 1',
    'turn 2',
    'answer 2',
    'turn 3',
    'answer 3',
    'turn 4',
  ]);
});

test('a response may be gone on from twice, and the two know nothing of each other', async () => {
  const root = await first.responses.create({ model, input: 'Hi' });
  const [left, right] = await Promise.all(
    ['Alice', 'Berta'].map((name, at) =>
      (at === 0 ? first : second).responses.create({
        model,
        input: `My name is ${name}`,
        previous_response_id: root.id,
      }),
    ),
  );
  const asked = { model, input: 'What is my name?' };
  const answers = await Promise.all([
    second.responses.create({ ...asked, previous_response_id: left?.id ?? '' }),
    first.responses.create({ ...asked, previous_response_id: right?.id ?? '' }),
  ]);
  expect(answers.map(({ output_text }) => output_text)).toEqual([
    expect.stringContaining('Alice'),
    expect.stringContaining('Berta'),
  ]);
});

test('instructions are those of the turn, not of the one before', async () => {
  await needsScriptedResponses();
  const said = await first.responses.create({ model, input: 'Hi', instructions: 'Be brief.' });
  const { id, mark } = newOperation({ echo: 'system' });
  const input = `Hi ${mark}`;
  await second.responses.create({ model, input, previous_response_id: said.id, instructions: 'Be kind.' });
  const [upstream] = await journalOf(id);
  expect(upstream?.messages[0]?.text).toBe('Be kind.');
  expect(upstream?.messages.filter(({ text }) => text === 'Be brief.')).toEqual([]);
});

test('what one worker stored the other reads, lists and deletes', async () => {
  const response = await first.responses.create({ model, input: 'Hi' });
  expect(await second.responses.retrieve(response.id)).toEqual(response);
  expect((await second.responses.inputItems.list(response.id)).data).toHaveLength(1);
  await second.responses.delete(response.id);
  await expect(first.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
});

test('an id that is unknown to all workers is told as such, and so is a deleted one', async () => {
  const { id } = await first.responses.create({ model, input: 'Hi' });
  await second.responses.delete(id);
  for (const previous_response_id of ['resp_gauntlet_unknown', id]) {
    const { status, body } = await ask('POST', '/responses', { model, input: 'Hi', previous_response_id });
    expect([400, 404]).toContain(status);
    expect(body.error).toMatchObject({
      type: 'invalid_request_error',
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
  }
});
