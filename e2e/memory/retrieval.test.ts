import { expect, test } from '@jest/globals';
import { askMemory, extract, memoriesOf, newUser, remember } from '../../harness/suite/memory.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

const relevant = async (userId: string, prompt: string) => {
  const { status, data } = await askMemory('GET', '/memories/relevant', {
    query: { user_id: userId, prompt },
  });
  expect(status).toBe(200);
  return data.memories as readonly { readonly id: string; readonly caption: string }[];
};

// covers 101/TestMemoryRetrieval.test_get_relevant_memories
test('a fresh user has no relevant memories', async () => {
  expect(await relevant(newUser(), "What's my favorite color?")).toEqual([]);
});

test('the memory that a question is about is found, others are not', async () => {
  const user = newUser();
  const color = await remember(user, 'My favorite color is blue.');
  await remember(user, 'I live in Lisbon.');
  const found = await relevant(user, "What's my favorite color?");
  expect(found).toEqual([{ id: color.id, caption: color.caption }]);
});

test('memories are found by their words when the model fails', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  const color = await remember(user, 'My favorite color is green.');
  await remember(user, 'I live in Lisbon.');
  const { mark } = newOperation({ at: 'memory', status: 500 });
  const found = await relevant(user, `Which color should I take? ${mark}`);
  expect(found.map(({ id }) => id)).toEqual([color.id]);
});

test('ids that the model invents are left out', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  await remember(user, 'My favorite color is red.');
  const { mark } = newOperation({ at: 'memory', say: '["mem_0000000000000000"]' });
  expect(await relevant(user, `What is my favorite color? ${mark}`)).toEqual([]);
});

test('a prompt of 20 kB finds its memory', async () => {
  const user = newUser();
  const memory = await remember(user, 'My favorite instrument is the theremin.');
  const found = await relevant(user, `${'blah '.repeat(4_000)} Which instrument do I like?`);
  expect(found.map(({ id }) => id)).toEqual([memory.id]);
});

test('full texts are given for chosen ids, newest first, unknown ids left out', async () => {
  const user = newUser();
  const first = await remember(user, 'My name is Alice.');
  const second = await remember(user, 'I live in Lisbon.');
  await remember(user, 'I am a carpenter.');
  const { status, data } = await askMemory('GET', '/memories/full', {
    query: { user_id: user, ids: `${first.id},mem_0000000000000000,${second.id}` },
  });
  expect(status).toBe(200);
  expect(data.memories).toEqual([second, first]);
});

test('the list has all memories with all fields, newest first', async () => {
  const user = newUser();
  await extract(user, 'My name is Alice.');
  await extract(user, 'I live in Lisbon.');
  const memories = await memoriesOf(user);
  expect(memories.map(({ full_text: text }) => text)).toEqual([
    expect.stringMatching(/Lisbon/),
    expect.stringMatching(/Alice/),
  ]);
  const times = memories.map(({ created_at: at }) => Date.parse(at));
  expect(times[0]).toBeGreaterThanOrEqual(times[1] ?? Number.NaN);
});

test("a user never sees another user's memories, by list, by id or by question", async () => {
  const [owner, stranger] = [newUser(), newUser()];
  const secret = await remember(owner, 'My favorite hiding place is under the stairs.');
  expect(await memoriesOf(stranger)).toEqual([]);
  expect(await relevant(stranger, 'What is my favorite hiding place?')).toEqual([]);
  const { data } = await askMemory('GET', '/memories/full', {
    query: { user_id: stranger, ids: secret.id },
  });
  expect(data.memories).toEqual([]);
});
