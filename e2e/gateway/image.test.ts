import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { answerIn, type ChatPart, cliModel, complete } from '../../harness/suite/chat.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

beforeEach(() => needs('chat'));

const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const text = (what: string): ChatPart => ({ type: 'text', text: what });
const image = (url: string): ChatPart => ({ type: 'image_url', image_url: { url } });
const ask = (...content: ChatPart[]) =>
  complete('gateway', { model: cliModel, messages: [{ role: 'user', content }] });

// covers 101/TestMultimodalRequests.test_image_understanding
test('takes a question about an image and answers it', async () => {
  const { status, data } = await ask(text('What do you see in this image?'), image(pixel));
  expect(status).toBe(200);
  expect(answerIn(data)).not.toBe('');
});

test('the model gets the very image', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation();
  const { data } = await ask(text(`What do you see in this image? ${mark}`), image(pixel));
  const [upstream] = await journalOf(id);
  expect(upstream?.imageSha256).toEqual([createHash('sha256').update(pixel).digest('hex')]);
  expect(answerIn(data)).toContain('image/png');
});

test('the model gets all images in their order', async () => {
  await needsScriptedProvider('gateway');
  const { id, mark } = newOperation();
  const other = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
  await ask(text(`Compare these. ${mark}`), image(pixel), image(other));
  const [upstream] = await journalOf(id);
  const digests = [pixel, other].map((url) => createHash('sha256').update(url).digest('hex'));
  expect(upstream?.imageSha256).toEqual(digests);
});

test('an image part without an address is refused', async () => {
  const { status, data } = await ask(text('What is this?'), {
    type: 'image_url',
    image_url: {} as { url: string },
  });
  expect([400, 422]).toContain(status);
  convention('gateway', 'an invalid parameter is refused with 422', () => expect(status).toBe(422));
  convention('gateway', 'a refusal has the error body of the OpenAI API', () =>
    expect(data.error?.message).toEqual(expect.any(String)),
  );
});
