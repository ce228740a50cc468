import { expect, test } from '@jest/globals';
import { canaryOf, leaksIn, newCanary } from './leaks.ts';

const canary = newCanary('the key');
const found = (text: string) => leaksIn(text, [canary, newCanary('another')]).map((leak) => leak.canary);

test('a text without canaries has no leaks', () => {
  expect(found(`sk-canary-${'0'.repeat(32)} ${Buffer.from('sk-canary-').toString('base64')}`)).toEqual([]);
});

test('its last four characters and its digest are no leak', () => {
  expect(found(`…${canary.value.slice(-4)}`)).toEqual([]);
});

const everyByte = (written: (code: string) => string) => (text: string) =>
  [...text].map((one) => written(one.charCodeAt(0).toString(16).padStart(2, '0'))).join('');

test.each<readonly [string, (text: string) => string]>([
  ['as it is', (text) => text],
  ['in a URL', (text) => encodeURIComponent(`Bearer ${text}`)],
  ['in percent escapes', everyByte((code) => `%${code}`)],
  ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify({ text }))],
  ['in escapes of JSON', everyByte((code) => `\\u00${code}`)],
  ['in hex', (text) => Buffer.from(text).toString('hex')],
  ['in capital hex', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['in base64 behind one character', (text) => Buffer.from(`:${text}`).toString('base64')],
  ['in base64 behind a user name', (text) => Buffer.from(`me:${text}`).toString('base64')],
  ['in base64 of URLs', (text) => Buffer.from(`??>${text}`).toString('base64url')],
  ['in base64 of a text around it', (text) => Buffer.from(`{"key":"${text}","more":1}`).toString('base64')],
  ['cut off at its end', (text) => `${text.slice(0, 28)}…`],
  ['cut off at its beginning', (text) => `…${text.slice(-20)}`],
])('a canary that was written %s is found', (_how, written) => {
  expect(found(`before ${written(canary.value)} after`)).toContain('the key');
});

test('a key that was made elsewhere is searched for by its end', () => {
  const key = `gk_${'A'.repeat(11)}${'b1C2d3E4'.repeat(4)}`;
  expect(leaksIn(`x ${key} y`, [canaryOf('made', key)])).toMatchObject([
    { canary: 'made', form: 'as it is' },
  ]);
  expect(leaksIn(`x ${key.slice(-4)} y`, [canaryOf('made', key)])).toEqual([]);
});

test('a leak is told with what is around it', () => {
  const [leak] = leaksIn(`the header was ${canary.value}.`, [canary]);
  expect(leak?.around).toContain('the header was');
});
