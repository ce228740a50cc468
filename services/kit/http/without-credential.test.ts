import { expect, test } from '@jest/globals';
import { withoutCredential } from './without-credential.ts';

test('a credential is taken out wherever a text quotes it', () => {
  const text = 'No such key: sk-1. You sent "Bearer sk-1".';
  expect(withoutCredential(text, 'Bearer sk-1')).toBe(
    'No such key: [redacted]. You sent "Bearer [redacted]".',
  );
});

test('a text stays as it is where there was no credential', () => {
  expect(withoutCredential('fine', undefined)).toBe('fine');
  expect(withoutCredential('fine', 'Bearer ')).toBe('fine');
});
