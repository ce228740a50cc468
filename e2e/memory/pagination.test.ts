import { expect, test } from '@jest/globals';
import { askMemory, extract, type Memory, memoriesOf, newUser } from '../../harness/suite/memory.ts';

async function page(userId: string, limit: number, offset: number): Promise<readonly Memory[]> {
  const { status, data } = await askMemory('GET', '/memories/list', {
    query: { user_id: userId, limit, offset },
  });
  expect(status).toBe(200);
  return data.memories;
}

async function userWithMemories(count: number): Promise<string> {
  const user = newUser();
  await extract(user, ...Array.from({ length: count }, (_, at) => `I am number ${at + 1}.`));
  return user;
}

test('pages put together are the list, each memory once', async () => {
  const user = await userWithMemories(7);
  const pages = [await page(user, 3, 0), await page(user, 3, 3), await page(user, 3, 6)];
  expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
  expect(pages.flat()).toEqual(await memoriesOf(user));
});

test('a page beyond the end is empty', async () => {
  const user = await userWithMemories(2);
  expect(await page(user, 10, 2)).toEqual([]);
});

test('a page has 50 memories unless it is told otherwise', async () => {
  const user = await userWithMemories(55);
  const { data } = await askMemory('GET', '/memories/list', { query: { user_id: user } });
  expect(data.memories).toHaveLength(50);
});
