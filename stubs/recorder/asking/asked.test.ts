import { expect, test } from '@jest/globals';
import { readAsked } from './asked.ts';

const now = Date.parse('2026-03-04T05:06:07Z');

function asked(body: unknown, path = '/v1/chat', headers: Record<string, string> = {}) {
  const raw = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
  };
  return readAsked(raw, { scope: undefined, upstream: 'stub', path }, now);
}

const uuid = (digit: string) => `${digit.repeat(8)}-1111-4111-8111-111111111111`;
const callId = (digit: string) => `call_${digit.repeat(24)}`;

test.each([
  ['the id of an operation', { p: 'Hi [[op=a1-b2 tokens=3]]' }, { p: 'Hi [[op=c3-d4 tokens=3]]' }],
  ['the name of a test', { p: '[[op=a test=s%2Fone]]' }, { p: '[[op=b test=s%2Fone]]' }],
  ['a UUID', { p: uuid('1') }, { p: uuid('2') }],
  ['the id of a call', { tool_call_id: callId('1') }, { tool_call_id: callId('2') }],
  ['the time of now', { p: 'It is 2026-03-04T05:06:07.123Z.' }, { p: 'It is 2026-03-04T05:00:00+00:00.' }],
  ['the day of now', { p: 'Today is 2026-03-04.' }, { p: 'Today is 2026-03-03.' }],
  ['a user', { user: 'somebody-1' }, { user: 'somebody-2' }],
  ['what metadata hold', { metadata: { run: 'one' } }, { metadata: { run: 'two' } }],
  ['the order of fields', { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }],
])('%s makes no other key', (_, one, other) => {
  expect(asked(one).key).toBe(asked(other).key);
});

test.each([
  ['a word', { p: 'What is 2+2?' }, { p: 'What is 2+3?' }],
  ['white space', { p: 'a b' }, { p: 'a  b' }],
  ['a directive', { p: '[[op=a tokens=3]]' }, { p: '[[op=a tokens=4]]' }],
  ['another test', { p: '[[op=a test=s%2Fone]]' }, { p: '[[op=a test=s%2Ftwo]]' }],
  ['a date that is content', { p: 'On 1999-12-31' }, { p: 'On 1999-12-30' }],
  ['one id twice in place of two', { a: uuid('1'), b: uuid('1') }, { a: uuid('1'), b: uuid('2') }],
  ['which metadata there are', { metadata: { a: 'x' } }, { metadata: { b: 'x' } }],
  ['the order of a list', { a: [1, 2] }, { a: [2, 1] }],
  ['a stream', { a: 1 }, { a: 1, stream: true }],
  ['bytes that are no text', Buffer.from([255, 1]), Buffer.from([255, 2])],
])('%s makes another key', (_, one, other) => {
  expect(asked(one).key).not.toBe(asked(other).key);
});

test('values are written back where the recording held them, in other places of an id too', () => {
  const recorded = asked({ p: `[[op=a1-b2]] say_a1-b2 ${uuid('1')}`, user: 'somebody-1' }).placeholders;
  const stored = recorded.hide(`a1-b2 said_a1-b2, a1-b2c, ${uuid('1')} for somebody-1`);
  expect(stored).toBe('⟦op:1⟧ said_⟦op:1⟧, a1-b2c, ⟦uuid:1⟧ for ⟦user:1⟧');
  const now = asked({ p: `[[op=zz-9]] say_zz-9 ${uuid('2')}`, user: 'somebody-2' }).placeholders;
  expect(now.show(stored)).toBe(`zz-9 said_zz-9, a1-b2c, ${uuid('2')} for somebody-2`);
});

test('a form is the same whatever its boundary, and another one when a field is', () => {
  const form = (boundary: string, value: string) =>
    asked(
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="a"\r\n\r\n${value}\r\n--${boundary}--`,
      ),
      '/v1/files',
      { 'content-type': `multipart/form-data; boundary=${boundary}` },
    );
  expect(form('xyz-1', 'v').key).toBe(form('xyz-2', 'v').key);
  expect(form('xyz-1', 'v').key).not.toBe(form('xyz-1', 'w').key);
  expect(JSON.stringify(form('xyz-1', 'v').request)).not.toContain('xyz-1');
});

test('a path names the test before a header does, and a header before the content', () => {
  const body = { p: '[[op=a test=by%2Fcontent]]' };
  expect(asked(body).scope).toBe('by/content');
  expect(asked(body, '/v1', { 'x-gauntlet-test': 'by/header' }).scope).toBe('by/header');
  expect(asked({ p: 'nothing' }).scope).toBe('common');
  const raw = { method: 'GET', headers: { 'x-gauntlet-test': 'by/header' }, body: Buffer.alloc(0) };
  expect(readAsked(raw, { scope: 'by/path', upstream: 'stub', path: '/' }, now).scope).toBe('by/path');
});
