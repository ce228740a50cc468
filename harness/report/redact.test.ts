import { expect, test } from '@jest/globals';
import { redact, secretsOf } from './redact.ts';

test('values of sensitive variables and credentials of the run are hidden, the longest first', () => {
  const secrets = secretsOf({ OPENAI_API_KEY: 'sk-abcdef', HOME: '/home/me', MY_TOKEN: 'sk-abcdef-more' }, [
    'generated-1',
  ]);
  expect(redact('a sk-abcdef-more b sk-abcdef c generated-1 /home/me', secrets)).toBe(
    'a [redacted] b [redacted] c [redacted] /home/me',
  );
});

test('encoded forms are hidden too', () => {
  const secrets = secretsOf({}, ['pass"word/1']);
  expect(redact('{"p":"pass\\"word/1"} u=pass%22word%2F1', secrets)).toBe('{"p":"[redacted]"} u=[redacted]');
});

test('an empty or tiny value hides nothing', () => {
  expect(secretsOf({ API_KEY: '', AUTH_MODE: 'on' }, [])).toEqual([]);
});

test('a secret is hidden in hex and in base64, wherever it begins', () => {
  const secret = 'sk-3f9a7c1e5b2d8f60';
  for (const before of ['', 'x', 'xy', 'user:']) {
    const text = `${before}${secret}${before}`;
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const encoded = Buffer.from(text).toString(encoding);
      const shown = redact(`a ${encoded} b`, [secret]);
      expect(shown).toContain('[redacted]');
      expect(shown.length).toBeLessThan(encoded.length);
    }
  }
});
