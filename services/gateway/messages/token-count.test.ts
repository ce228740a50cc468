import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chatRequestOf } from './chat-request.ts';
import type { CountTokensRequest, InputMessage } from './messages-schema.ts';
import { countTokens } from './token-count.ts';

const count = (messages: readonly InputMessage[], more: Partial<CountTokensRequest> = {}) =>
  countTokens(chatRequestOf({ model: 'm', messages: [...messages], ...more } as CountTokensRequest));

const said = fc.string({ unit: 'binary', minLength: 1 });
const messages = fc
  .array(said, { minLength: 1, maxLength: 5 })
  .map((texts) =>
    texts.map(
      (text, index): InputMessage => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: text }),
    ),
  );

test('a request with more in it never counts less, and every message counts', () => {
  fc.assert(
    fc.property(messages, said, (talk, more) => {
      const before = count(talk);
      expect(before).toBeGreaterThan(0);
      const longer = talk.map((each, at) =>
        at === 0 ? { ...each, content: `${each.content}${more}` } : each,
      );
      expect(count(longer)).toBeGreaterThanOrEqual(before);
      expect(count([...talk, { role: 'user', content: more }])).toBeGreaterThan(before);
      expect(count(talk, { system: more })).toBeGreaterThan(before);
      expect(count(talk, { tools: [{ name: 'x', description: more }] })).toBeGreaterThan(before);
    }),
    { numRuns: 50 },
  );
});

test('an image counts as one, however long its bytes are', () => {
  const image = (data: string) => [
    {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }],
    } as unknown as InputMessage,
  ];
  expect(count(image('AAAA'))).toBe(count(image('AAAA'.repeat(1_000))));
  expect(count(image('AAAA'))).toBeGreaterThan(1_000);
});
