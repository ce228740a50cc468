import { expect, test } from '@jest/globals';
import { askMemory, extract, memoriesOf, newUser } from '../../harness/suite/memory.ts';
import { convention } from '../../harness/suite/offered/convention.ts';

const perMinute = Number(process.env.MEMORY_RATE_LIMIT_PER_MINUTE ?? 60);
const maxMemories = Number(process.env.MEMORY_MAX_MEMORIES_PER_USER ?? 100);
const list = (userId: string) => askMemory('GET', '/memories/list', { query: { user_id: userId } });

test('a user over the limit is told so and when to come again; another user is not concerned', async () => {
  const [busy, calm] = [newUser(), newUser()];
  await Promise.all(Array.from({ length: perMinute + 1 }, () => list(busy)));
  const { status, data, headers } = await list(busy);
  expect(status).toBe(429);
  convention('memory', 'a 429 says so in `detail`, and in Retry-After when to come again', () => {
    expect(data?.detail).toEqual(expect.stringMatching(/rate limit/i));
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
  expect((await list(calm)).status).toBe(200);
});

test('a user keeps the newest memories up to the maximum, the oldest go', async () => {
  const user = newUser();
  const sentences = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `I am ${from + at}.`);
  await extract(user, ...sentences(1, maxMemories - 10));
  const { data } = await extract(user, ...sentences(maxMemories - 9, 20));
  expect(data.memories_saved).toHaveLength(20);
  expect(data.total_user_memories).toBe(maxMemories);
  const kept = (await memoriesOf(user)).map(({ full_text: text }) => Number(/\d+/.exec(text)?.[0]));
  expect(kept).toHaveLength(maxMemories);
  expect(Math.min(...kept)).toBe(11);
  expect(Math.max(...kept)).toBe(maxMemories + 10);
});

test('extractions at the same time never leave more than the maximum', async () => {
  const user = newUser();
  const part = Math.ceil(maxMemories / 3);
  const batches = ['red', 'green', 'blue', 'black', 'white'].map((color) =>
    extract(user, ...Array.from({ length: part }, (_, at) => `I am ${color} ${at}.`)),
  );
  await Promise.all(batches);
  expect(await memoriesOf(user)).toHaveLength(maxMemories);
});
