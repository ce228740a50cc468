import { expect, test } from '@jest/globals';
import { askMemory, extract, memoriesOf, newUser, remember } from '../../harness/suite/memory.ts';

const patch = (id: string, body: object) => askMemory('PATCH', `/memories/${id}`, { body });
const remove = (id: string, userId: string) =>
  askMemory('DELETE', `/memories/${id}`, { query: { user_id: userId } });

test('an edit changes the field it names and leaves the other', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const { status, data } = await patch(memory.id, { user_id: user, caption: 'Lives in Porto' });
  expect(status).toBe(200);
  expect(data).toEqual({ ...memory, caption: 'Lives in Porto' });
  expect(await memoriesOf(user)).toEqual([{ ...memory, caption: 'Lives in Porto' }]);
});

test('two edits of different fields at the same time are both kept', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  await Promise.all([
    patch(memory.id, { user_id: user, caption: 'Home' }),
    patch(memory.id, { user_id: user, full_text: 'Lives in Faro.' }),
  ]);
  expect(await memoriesOf(user)).toEqual([{ ...memory, caption: 'Home', full_text: 'Lives in Faro.' }]);
});

test('an edit without a change is refused with 400', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const { status, data } = await patch(memory.id, { user_id: user });
  expect(status).toBe(400);
  expect(data.detail).toMatch(/update/i);
});

test("a stranger's edit is answered like one of a memory that does not exist", async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const stranger = newUser();
  const foreign = await patch(memory.id, { user_id: stranger, caption: 'Mine now' });
  const missing = await patch('mem_0000000000000000', { user_id: stranger, caption: 'Mine now' });
  expect(foreign.status).toBe(404);
  expect(foreign.data).toEqual(missing.data);
  expect(await memoriesOf(user)).toEqual([memory]);
});

test('a deleted memory is gone, and deleting it again is 404', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  const kept = await remember(user, 'My name is Alice.');
  const { status, data } = await remove(memory.id, user);
  expect(status).toBe(200);
  expect(data).toEqual({ status: 'deleted' });
  expect(await memoriesOf(user)).toEqual([kept]);
  expect((await remove(memory.id, user)).status).toBe(404);
});

test('what was deleted does not come back with the next turn of its conversation', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  expect((await remove(memory.id, user)).status).toBe(200);
  const { data } = await extract(user, 'I live in Lisbon.', 'My name is Alice.');
  expect(data).toMatchObject({ memories_saved: [{}], total_user_memories: 1 });
  expect((await memoriesOf(user)).map(({ full_text: text }) => text)).toEqual(['My name is Alice.']);
});

test('nor does what was cleared', async () => {
  const user = newUser();
  await remember(user, 'I live in Lisbon.');
  expect((await askMemory('DELETE', '/memories/clear', { query: { user_id: user } })).status).toBe(200);
  const { data } = await extract(user, 'I live in Lisbon.', 'My name is Alice.');
  expect(data.total_user_memories).toBe(1);
  expect((await memoriesOf(user)).map(({ full_text: text }) => text)).toEqual(['My name is Alice.']);
});

test('a stranger deletes nothing', async () => {
  const user = newUser();
  const memory = await remember(user, 'I live in Lisbon.');
  expect((await remove(memory.id, newUser())).status).toBe(404);
  expect(await memoriesOf(user)).toEqual([memory]);
});

test('clearing forgets one user and nobody else', async () => {
  const [user, other] = [newUser(), newUser()];
  await remember(user, 'I live in Lisbon.');
  await remember(user, 'My name is Alice.');
  const kept = await remember(other, 'I live in Porto.');
  const { status, data } = await askMemory('DELETE', '/memories/clear', { query: { user_id: user } });
  expect(status).toBe(200);
  expect(data).toEqual({ deleted: true });
  expect(await memoriesOf(user)).toEqual([]);
  expect(await memoriesOf(other)).toEqual([kept]);
});

test('clearing what is empty is no mistake', async () => {
  const { status, data } = await askMemory('DELETE', '/memories/clear', { query: { user_id: newUser() } });
  expect(status).toBe(200);
  expect(data).toEqual({ deleted: true });
});
