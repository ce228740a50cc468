import { beforeEach, expect, test } from '@jest/globals';
import {
  accepted,
  askControl,
  messagesOf,
  newSession,
  post,
  sessionPath,
  statusOf,
} from '../../harness/suite/control-plane/sessions.ts';
import { innards } from '../../harness/suite/innards.ts';
import { needs } from '../../harness/suite/offered/needs.ts';

beforeEach(() => needs('control-plane'));

test.each([
  ['nothing', ''],
  ['no JSON', '{"message":'],
  ['an array', '[]'],
  ['a text', '"Hello"'],
  ['a number for a message', '{"message":1}'],
  ['an object for a session', '{"message":"Hello","session_id":{}}'],
  ['a list for a capability', '{"message":"Hello","capability":["ask"]}'],
  ['true for a message', '{"message":true}'],
])('a body that is %s is refused', async (_, text) => {
  const { status, body } = await post(text);
  expect(status).toBe(400);
  expect(body.error).toBe('invalid message payload');
  expect(JSON.stringify(body)).not.toMatch(innards);
});

test('bytes that are no UTF-8 are refused', async () => {
  const bytes = Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
  expect((await post(bytes)).status).toBe(400);
});

test.each([{}, { message: '' }, { message: ' \n', capability: ' ' }, { session_id: 'some' }])(
  '%j asks for nothing, and is refused',
  async (body) => {
    const answer = await post(body);
    expect([answer.status, answer.body.error]).toEqual([400, 'message or capability required']);
  },
);

test('a message that is too large is refused, and its session goes on', async () => {
  const session = newSession();
  await accepted({ session_id: session, message: 'Hello' });
  for (const size of [2_000_000, 11_000_000]) {
    const { status, body } = await post({ session_id: session, message: 'x'.repeat(size) });
    expect(status).toBe(413);
    expect(body.error).toEqual(expect.any(String));
  }
  await accepted({ session_id: session, message: 'x'.repeat(100_000) });
  expect((await messagesOf(session)).map(({ content }) => content.length)).toEqual([5, 100_000]);
});

test('a body that is nested without end harms nobody', async () => {
  const depth = 100_000;
  const { status } = await post(`{"message":"Hello","more":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  expect([202, 400, 413]).toContain(status);
  await accepted({ session_id: newSession(), message: 'Hello' });
});

test.each(['a\0b', 'a\nb', `${'s'.repeat(10_000)}`])(
  'a session cannot have a name that would upset what it is kept in (%#)',
  async (session) => {
    expect((await post({ session_id: session, message: 'Hello' })).status).toBe(400);
    expect((await statusOf(session)).status).toBe(404);
  },
);

test('a text with NUL and half of a pair is kept or refused, and never half of it', async () => {
  const session = newSession();
  const message = 'before\0after \ud800 end';
  const { status } = await post({ session_id: session, message });
  if (status !== 202) expect(status).toBe(400);
  else expect((await messagesOf(session))[0]?.content).toBe(message);
});

test('names in SQL, paths and templates are names', async () => {
  for (const evil of ["'; drop table control_sessions; --", '../../etc/passwd', '{{7*7}}', '%00', '$1']) {
    const session = `${newSession()} ${evil}`;
    await accepted({ session_id: session, message: evil });
    expect((await messagesOf(session)).map(({ content }) => content)).toEqual([evil]);
  }
});

test('a session named twice is refused', async () => {
  const session = newSession();
  await accepted({ session_id: session, message: 'Hello' });
  const { status } = await askControl(
    'GET',
    `${sessionPath('/messages', session)}&session_id=${newSession()}`,
  );
  expect([400, 404]).toContain(status);
});

test('fields that nobody knows change nothing', async () => {
  const session = newSession();
  const forged = {
    role: 'assistant',
    status: 'failed',
    message_count: 40,
    message_id: 'msg_mine',
    tenant: 'x',
  };
  const { body } = await accepted({ session_id: session, message: 'Hello', ...forged });
  expect(body).toMatchObject({ status: 'done', message_count: 1 });
  expect(body.message_id).not.toBe('msg_mine');
  expect(await messagesOf(session)).toMatchObject([{ role: 'user', content: 'Hello' }]);
});
