import { expect, test } from '@jest/globals';
import { askMemory, extract, memoriesOf, newUser } from '../../harness/suite/memory.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

// covers 101/TestMemoryServiceHealth.test_health_endpoint
test('says that it is healthy', async () => {
  const { status, data } = await askMemory('GET', '/health');
  expect(status).toBe(200);
  expect(data.status).toBe('ok');
});

// covers 101/TestMemoryExtraction.test_extract_memories
test("a favourite colour is remembered, the assistant's praise is not", async () => {
  const user = newUser();
  const conversation = [
    { role: 'user', content: 'My favorite color is blue' },
    { role: 'assistant', content: 'Blue is a great color!' },
  ];
  const { status, data } = await askMemory('POST', '/memories/extract', {
    body: { user_id: user, conversation },
  });
  expect(status).toBe(200);
  expect(data.total_user_memories).toBe(1);
  expect(data.memories_saved).toEqual([
    {
      id: expect.stringMatching(/^mem_/),
      caption: expect.stringMatching(/blue/i),
      created_at: expect.stringMatching(/Z$/),
    },
  ]);
  expect(await memoriesOf(user)).toHaveLength(1);
});

test('the same conversation again stores nothing new', async () => {
  const user = newUser();
  const first = await extract(user, 'I live in Lisbon.');
  const again = await extract(user, 'I live in Lisbon.');
  expect(first.data.memories_saved).toHaveLength(1);
  expect(again.status).toBe(200);
  expect(again.data).toEqual({ memories_saved: [], total_user_memories: 1 });
});

test('a conversation that grows by a turn adds the new fact only', async () => {
  const user = newUser();
  await extract(user, 'My name is Alice.');
  const { data } = await extract(user, 'My name is Alice.', 'I live in Porto.');
  expect(data.memories_saved.map((memory: { caption: string }) => memory.caption)).toEqual([
    expect.stringMatching(/porto/i),
  ]);
  expect(data.total_user_memories).toBe(2);
});

test('small talk leaves nothing to remember', async () => {
  const { status, data } = await extract(newUser(), 'What is the weather like?');
  expect(status).toBe(200);
  expect(data).toEqual({ memories_saved: [], total_user_memories: 0 });
});

test('an empty conversation is no mistake and leaves nothing', async () => {
  const { status, data } = await askMemory('POST', '/memories/extract', {
    body: { user_id: newUser(), conversation: [] },
  });
  expect(status).toBe(200);
  expect(data.memories_saved).toEqual([]);
});

test('facts are found by rule when the model fails', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  const { mark } = newOperation({ at: 'memory', status: 500 });
  const { status, data } = await extract(user, `My favorite animal is the heron. ${mark}`);
  expect(status).toBe(200);
  expect(data.memories_saved).toHaveLength(1);
  expect((await memoriesOf(user))[0]?.full_text).toMatch(/heron/);
});

test('facts are found by rule when the model answers with something else than a list', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  const { mark } = newOperation({ at: 'memory', say: 'I would rather not.' });
  const { data } = await extract(user, `My favorite animal is the stork. ${mark}`);
  expect(data.memories_saved).toHaveLength(1);
});

test('long facts are cut to the limits of caption and full text', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  const say = JSON.stringify([{ caption: 'c'.repeat(150), full_text: 'f'.repeat(900) }]);
  await extract(user, `My favorite book is long. ${newOperation({ at: 'memory', say }).mark}`);
  const [memory] = await memoriesOf(user);
  expect(memory?.caption).toBe(`${'c'.repeat(97)}...`);
  expect(memory?.full_text).toBe(`${'f'.repeat(497)}...`);
});
