import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { NotFoundError } from 'openai';
import { needs } from '../../harness/suite/offered/needs.ts';
import { caller, otherKey } from '../../harness/suite/responses/caller.ts';
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
beforeEach(() => needs('responses', 'conversations'));

async function textsOf(client: OpenAI, id: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const item of client.conversations.items.list(id, { order: 'asc' })) {
    const [part] = 'content' in item && Array.isArray(item.content) ? item.content : [];
    texts.push(part && 'text' in part ? String(part.text) : '');
  }
  return texts;
}

test('a conversation remembers its turns, whichever worker takes them', async () => {
  const { id } = await first.conversations.create();
  const said = await second.responses.create({ model, input: 'My name is Alice', conversation: id });
  expect(said.conversation).toMatchObject({ id });
  const asked = await first.responses.create({ model, input: 'What is my name?', conversation: id });
  expect(asked.output_text).toContain('Alice');
  expect(await textsOf(second, id)).toEqual([
    'My name is Alice',
    said.output_text,
    'What is my name?',
    asked.output_text,
  ]);
});

test('a conversation begins with the items that it is made with', async () => {
  const { id } = await first.conversations.create({
    metadata: { topic: 'names' },
    items: [{ type: 'message', role: 'user', content: 'My name is Berta' }],
  });
  expect(await second.conversations.retrieve(id)).toMatchObject({
    id,
    object: 'conversation',
    metadata: { topic: 'names' },
  });
  const asked = await second.responses.create({ model, input: 'What is my name?', conversation: { id } });
  expect(asked.output_text).toContain('Berta');
});

test('its metadata is changed for all workers', async () => {
  const { id } = await first.conversations.create({ metadata: { topic: 'a' } });
  await first.conversations.update(id, { metadata: { topic: 'b' } });
  expect(await second.conversations.retrieve(id)).toMatchObject({ metadata: { topic: 'b' } });
});

test('items are added, read and deleted one by one', async () => {
  const { id } = await first.conversations.create();
  const items = ['one', 'two'].map((content) => ({
    type: 'message' as const,
    role: 'user' as const,
    content,
  }));
  const added = await first.conversations.items.create(id, { items });
  const [one] = added.data;
  const itemId = one && 'id' in one ? String(one.id) : '';
  expect(await second.conversations.items.retrieve(itemId, { conversation_id: id })).toEqual(one);
  await second.conversations.items.delete(itemId, { conversation_id: id });
  expect(await textsOf(first, id)).toEqual(['two']);
});

test('two turns at once do not mix: the second waits or is refused, none is lost', async () => {
  const { id } = await first.conversations.create();
  const turns = await Promise.allSettled(
    ['one', 'two'].map((input, at) =>
      (at === 0 ? first : second).responses.create({ model, input, conversation: id }),
    ),
  );
  const answered = turns.flatMap((turn) => (turn.status === 'fulfilled' ? [turn.value] : []));
  const refused = turns.flatMap((turn) => (turn.status === 'rejected' ? [turn.reason.status] : []));
  expect(answered.length).toBeGreaterThan(0);
  expect(refused.filter((status) => status !== 409 && status !== 400)).toEqual([]);
  const texts = await textsOf(first, id);
  expect(texts).toHaveLength(2 * answered.length);
  expect(texts.filter((text) => text === 'one' || text === 'two')).toHaveLength(answered.length);
  // A question and its answer stand together.
  expect(texts.map((text) => text === 'one' || text === 'two')).toEqual(texts.map((_, at) => at % 2 === 0));
});

test('a deleted conversation is gone for all workers', async () => {
  const { id } = await first.conversations.create();
  await first.conversations.delete(id);
  await expect(second.conversations.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  const asked = { model, input: 'Hi', conversation: id };
  const refusal = await second.responses.create(asked).catch(({ status }) => status);
  expect([400, 404]).toContain(refusal);
});

test('the key of another tenant finds nothing of it', async () => {
  const { id } = await first.conversations.create();
  const stranger = caller({ key: otherKey() });
  await expect(stranger.conversations.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(textsOf(stranger, id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(stranger.conversations.delete(id)).rejects.toBeInstanceOf(NotFoundError);
});
