import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { NotFoundError } from 'openai';
import type { Response, ResponseItem } from 'openai/resources/responses/responses';
import { needs } from '../../harness/suite/offered/needs.ts';
import { ask, caller, otherKey } from '../../harness/suite/responses/caller.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(() => needs('responses'));

const said = (...texts: readonly string[]): Promise<Response> =>
  caller().responses.create({
    model,
    input: texts.map((content) => ({ role: 'user' as const, content })),
  });

async function inputOf(id: string, query: object = {}): Promise<ResponseItem[]> {
  const items: ResponseItem[] = [];
  for await (const item of caller().responses.inputItems.list(id, query)) items.push(item);
  return items;
}
const textsOf = (items: readonly ResponseItem[]) =>
  items.map((item) => {
    const [part] = 'content' in item && Array.isArray(item.content) ? item.content : [];
    return part && 'text' in part ? part.text : undefined;
  });

test('a response is read again as it was answered', async () => {
  const response = await said('Hi');
  expect(await caller().responses.retrieve(response.id)).toEqual(response);
});

test('the items of its input are listed, the newest first unless asked otherwise', async () => {
  const { id } = await said('one', 'two', 'three');
  expect(textsOf(await inputOf(id))).toEqual(['three', 'two', 'one']);
  expect(textsOf(await inputOf(id, { order: 'asc' }))).toEqual(['one', 'two', 'three']);
});

test('pages of them follow each other without a gap or a repetition', async () => {
  const texts = Array.from({ length: 7 }, (_, at) => `text ${at}`);
  const { id } = await said(...texts);
  const items = await inputOf(id, { order: 'asc', limit: 3 });
  expect(textsOf(items)).toEqual(texts);
  expect(new Set(items.map((item) => item.id)).size).toBe(7);
  const { body } = await ask('GET', `/responses/${id}/input_items?order=asc&limit=3`);
  expect(body).toMatchObject({
    object: 'list',
    has_more: true,
    first_id: items[0]?.id,
    last_id: items[2]?.id,
  });
});

test('a text is listed as one message of the user', async () => {
  const { id } = await caller().responses.create({ model, input: 'Hi' });
  expect(await inputOf(id)).toMatchObject([
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
  ]);
});

test('a deleted response is gone', async () => {
  const { id } = await said('Hi');
  await caller().responses.delete(id);
  await expect(caller().responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(caller().responses.delete(id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(inputOf(id)).rejects.toBeInstanceOf(NotFoundError);
});

test('deletion is confirmed by the id', async () => {
  const { id } = await said('Hi');
  const { status, body } = await ask('DELETE', `/responses/${id}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id, deleted: true });
});

test('what is not to be stored is not', async () => {
  const response = await caller().responses.create({ model, input: 'Hi', store: false });
  expect(response.status).toBe('completed');
  await expect(caller().responses.retrieve(response.id)).rejects.toBeInstanceOf(NotFoundError);
});

test('a response that was never made is not found', async () => {
  await expect(caller().responses.retrieve('resp_gauntlet_unknown')).rejects.toBeInstanceOf(NotFoundError);
});

test('a response that is over cannot be cancelled into another one', async () => {
  const response = await said('Hi');
  const { status, body } = await ask('POST', `/responses/${response.id}/cancel`);
  if (status === 200) expect(body).toEqual(response);
  else expect([400, 409]).toContain(status);
  expect(await caller().responses.retrieve(response.id)).toEqual(response);
});

test('the key of another tenant finds nothing of it', async () => {
  const { id } = await said('Hi');
  const key = otherKey();
  const answers = [
    await ask('GET', `/responses/${id}`, undefined, { key }),
    await ask('GET', `/responses/${id}/input_items`, undefined, { key }),
    await ask('POST', `/responses/${id}/cancel`, undefined, { key }),
    await ask('DELETE', `/responses/${id}`, undefined, { key }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(answers.map(({ body }) => body.error?.type)).toEqual(
    answers.map(() => expect.stringMatching(/invalid_request_error|not_found/)),
  );
  expect((await caller().responses.retrieve(id)).id).toBe(id);
});

test('the key of another tenant cannot go on from it', async () => {
  const { id } = await said('My name is Alice');
  const body = { model, input: 'What is my name?', previous_response_id: id };
  const answer = await ask('POST', '/responses', body, { key: otherKey() });
  expect([400, 404]).toContain(answer.status);
  expect(answer.body.error).toMatchObject({ code: 'previous_response_not_found' });
  expect(JSON.stringify(answer.body)).not.toContain('Alice');
});
