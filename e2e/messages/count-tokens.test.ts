import { BadRequestError } from '@anthropic-ai/sdk';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { client, says } from '../../harness/suite/messages/caller.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { seed } from '../../harness/suite/stack.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('count-tokens');
});

const count = async (content: string, more: object = {}): Promise<number> =>
  (await client().messages.countTokens({ model, messages: says(content), ...more })).input_tokens;

const tool = (description: string) => ({
  name: 'look',
  description,
  input_schema: { type: 'object', properties: { place: { type: 'string' } } },
});

test('a message has tokens, the same number whenever it is counted', async () => {
  const first = await count('Where is the harbour?');
  expect(first).toBeGreaterThan(0);
  expect(Number.isInteger(first)).toBe(true);
  expect(await Promise.all([1, 2, 3, 4].map(() => count('Where is the harbour?')))).toEqual([
    first,
    first,
    first,
    first,
  ]);
});

test('more text never has fewer tokens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.lorem(), fc.lorem(), async (text, more) => {
      const [whole, part] = await Promise.all([count(`${text} ${more}`), count(text)]);
      expect(whole).toBeGreaterThanOrEqual(part);
    }),
    { seed: seed(), numRuns: 20 },
  );
});

test('the system prompt, tools, turns and images count', async () => {
  const plain = await count('Where is the harbour?');
  const turns = [
    ...says('Hello'),
    { role: 'assistant', content: 'Hello yourself' },
    ...says('Where is the harbour?'),
  ];
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
  const shown = [{ role: 'user', content: [image, { type: 'text', text: 'Where is the harbour?' }] }];
  const more = [
    { system: 'Speak like a pirate.' },
    { tools: [tool('Looks')] },
    { messages: turns },
    { messages: shown },
  ];
  for (const each of more) expect(await count('Where is the harbour?', each)).toBeGreaterThan(plain);
});

test('a long text has about as many tokens as a model would count', async () => {
  const words = Array.from({ length: 1_000 }, (_, at) => ['harbour', 'tide', 'lamp', 'rope'][at % 4]).join(
    ' ',
  );
  const tokens = await count(words);
  expect(tokens).toBeGreaterThan(500);
  expect(tokens).toBeLessThan(4_000);
});

test('what cannot be sent cannot be counted', async () => {
  await expect(count('', { messages: [] })).rejects.toBeInstanceOf(BadRequestError);
  const orphan = [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'nobody', content: 'x' }] }];
  await expect(count('', { messages: orphan })).rejects.toBeInstanceOf(BadRequestError);
});
