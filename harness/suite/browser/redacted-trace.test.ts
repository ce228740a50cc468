import { expect, test } from '@jest/globals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { redactedZip } from './redacted-trace.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ alg: 'HS256' })}.${part({ id: 'somebody' })}.${'s'.repeat(43)}`;

function redacted(files: Readonly<Record<string, Uint8Array>>): Readonly<Record<string, Uint8Array>> {
  return unzipSync(redactedZip(zipSync(files), ['p4ss"word', 'scope-token']));
}

test('a password that was typed is in no file of the archive, nor is it in JSON, URLs and base64', () => {
  const files = redacted({
    'trace.trace': strToU8(JSON.stringify({ method: 'fill', params: { value: 'p4ss"word' } })),
    'trace.network': strToU8(`password=${encodeURIComponent('p4ss"word')}`),
    'resources/1': strToU8(`Basic ${Buffer.from('gauntlet:scope-token').toString('base64')}`),
  });
  expect(Object.values(files).map((bytes) => strFromU8(bytes))).toEqual([
    '{"method":"fill","params":{"value":"[redacted]"}}',
    'password=[redacted]',
    expect.stringMatching(/^Basic \S*\[redacted\]\S*$/),
  ]);
});

test('a web token is taken out, whoever made it', () => {
  const files = redacted({ 'trace.network': strToU8(`{"name":"authorization","value":"Bearer ${token}"}`) });
  expect(strFromU8(files['trace.network'] ?? strToU8(''))).toBe(
    '{"name":"authorization","value":"Bearer [redacted]"}',
  );
});

test('what has no secret in it comes through unchanged, bytes that are no text too', () => {
  const picture = Uint8Array.from({ length: 512 }, (_, index) => (index * 7) % 256);
  const text = strToU8('Grüße — 你好');
  const files = redacted({ 'resources/a.png': picture, 'resources/b': text });
  expect(files['resources/a.png']).toEqual(picture);
  expect(files['resources/b']).toEqual(text);
});

test('bytes around a secret stay as they are', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const files = redacted({ 'resources/c': Buffer.concat([bytes, strToU8('scope-token'), bytes]) });
  expect(Buffer.from(files['resources/c'] ?? [])).toEqual(
    Buffer.concat([bytes, strToU8('[redacted]'), bytes]),
  );
});
