import { expect, test } from '@jest/globals';
import { askMemory, newUser, remember } from '../../harness/suite/memory.ts';
import { convention } from '../../harness/suite/offered/convention.ts';

const expectPlace = (data: { detail?: readonly { loc?: unknown }[] }, place: readonly unknown[]) =>
  convention('memory', 'a refusal names the place of its reason in `detail`', () =>
    expect(data?.detail?.[0]?.loc).toEqual(place),
  );
const list = (query: object) => askMemory('GET', '/memories/list', { query });

test('a user id that is no UUID is refused with 422, naming it', async () => {
  const { status, data } = await list({ user_id: 'alice' });
  expect(status).toBe(422);
  expectPlace(data, ['query', 'user_id']);
});

test('a request without a user is refused with 422', async () => {
  expect((await list({})).status).toBe(422);
});

test('a conversation that is no list is refused with 422', async () => {
  const body = { user_id: newUser(), conversation: 'My name is Alice' };
  const { status, data } = await askMemory('POST', '/memories/extract', { body });
  expect(status).toBe(422);
  expectPlace(data, ['body', 'conversation']);
});

test('a message without a role is refused with 422, naming its place', async () => {
  const body = { user_id: newUser(), conversation: [{ content: 'My name is Alice' }] };
  const { status, data } = await askMemory('POST', '/memories/extract', { body });
  expect(status).toBe(422);
  expectPlace(data, ['body', 'conversation', 0, 'role']);
});

test('a page of 0 or of more than 200 is refused with 422', async () => {
  expect((await list({ user_id: newUser(), limit: 0 })).status).toBe(422);
  expect((await list({ user_id: newUser(), limit: 201 })).status).toBe(422);
});

test('a negative offset is refused with 422', async () => {
  expect((await list({ user_id: newUser(), offset: -1 })).status).toBe(422);
});

test('an edit is held to the same lengths as an extraction', async () => {
  const user = newUser();
  const { id } = await remember(user, 'I live in Lisbon.');
  const patch = (body: object) => askMemory('PATCH', `/memories/${id}`, { body: { user_id: user, ...body } });
  expect((await patch({ caption: 'x'.repeat(101) })).status).toBe(422);
  expect((await patch({ full_text: 'x'.repeat(501) })).status).toBe(422);
  expect((await patch({ caption: 'x'.repeat(100), full_text: 'y'.repeat(500) })).status).toBe(200);
});

test('a question without a prompt is refused with 422', async () => {
  const { status } = await askMemory('GET', '/memories/relevant', { query: { user_id: newUser() } });
  expect(status).toBe(422);
});

test('an unknown path is 404', async () => {
  expect((await askMemory('GET', '/memories')).status).toBe(404);
});
