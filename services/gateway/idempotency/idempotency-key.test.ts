import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { digestOf, idempotencyKeyOf } from './idempotency-key.ts';

const keyIn = (...values: readonly string[]) =>
  idempotencyKeyOf({ headersDistinct: { 'idempotency-key': [...values] } } as unknown as IncomingMessage);

test('a key is what the header says', () => {
  expect(keyIn('8e03978e-40d5-43dd-bc93-6894a57f9324')).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
  expect(keyIn('invalid')).toBe('invalid');
  expect(keyIn('two words')).toBe('two words');
  expect(keyIn('k'.repeat(255))).toHaveLength(255);
  expect(idempotencyKeyOf({ headersDistinct: {} } as unknown as IncomingMessage)).toBeUndefined();
});

test.each([
  ['is empty', ['']],
  ['is too long', ['k'.repeat(256)]],
  ['has characters that are no text', ['a\tb']],
  ['is given twice', ['a', 'a']],
])('a key that %s is refused', (_, values) => {
  expect(() => keyIn(...values)).toThrow(expect.objectContaining({ statusCode: 400 }));
});

test('bodies are equal by what they say, not by how they are written', () => {
  const one = digestOf({ message: 'Hi', session_id: 's', more: [1, { a: null, b: 2 }] });
  expect(digestOf({ more: [1, { b: 2, a: null }], session_id: 's', message: 'Hi' })).toEqual(one);
  expect(
    digestOf({ message: 'Hi', session_id: 's', more: [1, { a: null, b: 2 }], absent: undefined }),
  ).toEqual(one);
});

test.each([
  ['another value', { message: 'Hi!' }],
  ['another type', { message: 1 }],
  ['another name', { massage: 'Hi' }],
  ['one name more', { message: 'Hi', capability: '' }],
  ['a list for a value', { message: ['Hi'] }],
  ['a name that looks like two', { 'message":"Hi","x': 1 }],
])('a body with %s is another one', (_, body) => {
  expect(digestOf(body)).not.toEqual(digestOf({ message: 'Hi' }));
});
