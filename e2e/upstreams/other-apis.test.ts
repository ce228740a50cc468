import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { postForStream, type SeenStream } from '../../harness/suite/event-stream.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import { attemptsOf, models, needsModel } from './upstream-models.ts';

beforeEach(() => needsModel(models.twoKeys));

/** How an API other than chat is asked for the same thing. */
interface Api {
  readonly path: string;
  readonly bodyOf: (text: string) => object;
}

const responses: Api = {
  path: '/v1/responses',
  bodyOf: (input) => ({ model: models.twoKeys, input, store: false }),
};
const messages: Api = {
  path: '/v1/messages',
  bodyOf: (content) => ({ model: models.twoKeys, max_tokens: 1_000, messages: [{ role: 'user', content }] }),
};

async function whole({ path, bodyOf }: Api, directives: Directives) {
  const { id, mark } = newOperation(directives);
  const { status, headers, data } = await axios.post(
    `${service('gateway').url}${path}`,
    bodyOf(`Hi ${mark}`),
    { validateStatus: () => true, timeout: 40_000 },
  );
  if (status === 404) skip(`the gateway does not offer ${path}: it answered 404`);
  return { status, headers, text: JSON.stringify(data), attempts: await attemptsOf(id) };
}

async function stream({ path, bodyOf }: Api, directives: Directives, upTo?: string) {
  const { id, mark } = newOperation(directives);
  let text = '';
  let released: Promise<void> | undefined;
  const seen = await postForStream({
    url: `${service('gateway').url}${path}`,
    body: { ...bodyOf(`Hi ${mark}`), stream: true },
    onData: (data) => {
      text += textIn(data);
      if (upTo !== undefined && text.includes(upTo)) released ??= release(id);
    },
  });
  await released;
  if (seen.status === 404) skip(`the gateway does not offer ${path}: it answered 404`);
  return { id, seen, text: text.trim() };
}

/** The piece of text in an event of either API. */
function textIn(data: string): string {
  const { type, delta } = JSON.parse(data) as { type?: string; delta?: string | { text?: string } };
  if (type === 'response.output_text.delta' && typeof delta === 'string') return delta;
  return type === 'content_block_delta' && typeof delta === 'object' ? (delta.text ?? '') : '';
}

const typesOf = ({ data }: SeenStream) => data.map((each) => (JSON.parse(each) as { type?: string }).type);
const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at + 1}`).join(' ');

test('a response comes from the other key when the first refuses', async () => {
  const { status, text, attempts } = await whole(responses, { status: 503, times: 1, say: 'Well then' });
  expect(status).toBe(200);
  expect(text).toContain('Well then');
  expect(attempts.map((each) => each.status)).toEqual([503, 200]);
});

test('a message comes from the other key when the first breaks off in the middle of it', async () => {
  const { status, text, attempts } = await whole(messages, { cut: 0, times: 1, say: 'Well then' });
  expect(status).toBe(200);
  expect(text).toContain('Well then');
  expect(attempts).toHaveLength(2);
  expect(attempts[1]?.keySha256).not.toBe(attempts[0]?.keySha256);
});

test('a streamed response whose first key breaks before its first token is whole, and told once', async () => {
  const { id, seen, text } = await stream(responses, { cut: 0, times: 1, tokens: 12 });
  expect(text).toBe(words(12));
  expect(typesOf(seen).filter((type) => type === 'response.created')).toHaveLength(1);
  expect(typesOf(seen).at(-1)).toBe('response.completed');
  expect(await attemptsOf(id)).toHaveLength(2);
});

test('a streamed message whose first key breaks before its first token is whole, and told once', async () => {
  const { id, seen, text } = await stream(messages, { cut: 0, times: 1, tokens: 12 });
  expect(text).toBe(words(12));
  expect(typesOf(seen).filter((type) => type === 'message_start')).toHaveLength(1);
  expect(typesOf(seen).at(-1)).toBe('message_stop');
  expect(await attemptsOf(id)).toHaveLength(2);
});

test.each([
  ['response', responses, 'response.completed'],
  ['message', messages, 'message_stop'],
])('a streamed %s that breaks after its first token is not asked for again', async (_, api, complete) => {
  const { id, seen, text } = await stream(api, { tokens: 20, hold: 8, cut: 8, times: 1 }, 'w7');
  await waitForJournal(id, 'fault');
  expect(text).toBe(words(7));
  expect(typesOf(seen)).not.toContain(complete);
  expect(await attemptsOf(id)).toHaveLength(1);
});

test('both say how long to wait when every key is rate limited', async () => {
  for (const api of [responses, messages]) {
    const { status, headers, attempts } = await whole(api, { status: 429, retry_after: 7 });
    expect(status).toBe(429);
    expect(headers['retry-after']).toBe('7');
    expect(attempts).toHaveLength(2);
  }
});
