/** @uses memory */
import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, cliModel, complete, langchainModel, says } from '../../harness/suite/chat.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { memoriesOf, newUser, remember } from '../../harness/suite/memory.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsOneMemory } from '../../harness/suite/offered/one-stack.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { until } from '../../harness/suite/until.ts';

beforeEach(async () => {
  await needs('chat');
  await needsOneMemory();
});

const chat = (userId: string, text: string, model = cliModel) =>
  complete('gateway', { model, messages: says(text), user_id: userId, enable_memory: true });
/** Asked seldom: spec 101 gives a user 60 requests a minute, the chats' own among them. */
const learned = (userId: string, what: RegExp) =>
  until(
    `the memory service has learned ${what}`,
    async () => (await memoriesOf(userId)).some(({ full_text: text }) => what.test(text)),
    15_000,
    500,
  );

test('what a user says in one conversation is known in the next', async () => {
  const user = newUser();
  expect((await chat(user, 'My favorite color is turquoise')).status).toBe(200);
  await learned(user, /turquoise/);
  const { data } = await chat(user, 'What is my favorite color?');
  expect(answerIn(data)).toMatch(/turquoise/i);
});

test('it is known to the other baseline as well', async () => {
  await needsModel(langchainModel);
  const user = newUser();
  await remember(user, 'My favorite color is magenta.');
  const { data } = await chat(user, 'What is my favorite color?', langchainModel);
  expect(answerIn(data)).toMatch(/magenta/i);
});

test('it is not known to another user', async () => {
  const user = newUser();
  await remember(user, 'My favorite color is ochre.');
  const { status, data } = await chat(newUser(), 'What is my favorite color?');
  expect(status).toBe(200);
  expect(answerIn(data)).not.toMatch(/ochre/i);
});

test('with memory switched off nothing is looked up and nothing is learned', async () => {
  await needsScriptedProvider('gateway');
  const user = newUser();
  await remember(user, 'My favorite color is beige.');
  const { id, mark } = newOperation();
  const { data } = await complete('gateway', {
    model: cliModel,
    messages: says(`What is my favorite color? ${mark}`),
    user_id: user,
    enable_memory: false,
  });
  expect(answerIn(data)).not.toMatch(/beige/i);
  expect(await journalOf(id, 'memory')).toEqual([]);
  expect(await memoriesOf(user)).toHaveLength(1);
});

test('an answer that breaks off is not learned from', async () => {
  await needsScriptedProvider('gateway');
  const user = newUser();
  const { id, mark } = newOperation({ tokens: 50, cut: 10 });
  const { status } = await chat(user, `My favorite color is teal. ${mark}`);
  expect(status).toBeGreaterThanOrEqual(500);
  // A whole conversation afterwards shows that learning works, and how long it takes.
  await chat(user, 'My favorite animal is the otter.');
  await learned(user, /otter/);
  expect((await memoriesOf(user)).filter(({ full_text: text }) => /teal/.test(text))).toEqual([]);
  expect(await journalOf(id)).not.toHaveLength(0);
});
