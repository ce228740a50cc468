import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { canonicalJson, conversationHash, textOf } from './conversation.ts';

test('canonical JSON is compact, sorted and ASCII, as Python writes it', () => {
  expect(canonicalJson([{ role: 'user', content: 'Grüße 😀\u007f"' }])).toBe(
    '[{"content":"Gr\\u00fc\\u00dfe \\ud83d\\ude00\\u007f\\"","role":"user"}]',
  );
});

test('the hash is SHA-256 of it, whatever the order of the keys and whatever else a message has', () => {
  const expected = createHash('sha256').update('[{"content":"hi","role":"user"}]').digest('hex');
  expect(conversationHash([{ role: 'user', content: 'hi' }])).toBe(expected);
  const extra = { content: 'hi', name: 'x', role: 'user' };
  expect(conversationHash([extra])).toBe(expected);
});

test('order and roles of messages matter', () => {
  const a = { role: 'user', content: 'a' };
  const b = { role: 'user', content: 'b' };
  expect(conversationHash([a, b])).not.toBe(conversationHash([b, a]));
  expect(conversationHash([a])).not.toBe(conversationHash([{ ...a, role: 'assistant' }]));
});

test('the text of content parts leaves images out', () => {
  const content = [{ type: 'text', text: 'a' }, { type: 'image_url' }, { type: 'text', text: 'b' }];
  expect(textOf({ role: 'user', content })).toBe('a\nb');
  expect(textOf({ role: 'assistant', content: null })).toBe('');
});
