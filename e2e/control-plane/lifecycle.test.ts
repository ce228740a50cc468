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
import { needs } from '../../harness/suite/offered/needs.ts';

beforeEach(() => needs('control-plane'));

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

// covers 001/control-plane-lifecycle
test('a message is accepted, listed, and counted by the status of its session', async () => {
  const session = newSession();
  const { body, headers } = await accepted({ session_id: session, message: 'Hello' });
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(body).toMatchObject({
    session_id: session,
    status: 'done',
    message_id: expect.stringMatching(/^msg_./),
    received_at: expect.stringMatching(rfc3339),
    created_at: expect.stringMatching(rfc3339),
    updated_at: expect.stringMatching(rfc3339),
    message_count: 1,
    result: { status: 'queued', message: expect.any(String) },
    events_url: sessionPath('/events', session),
  });
  const { body: listed } = await askControl('GET', sessionPath('/messages', session));
  expect(listed).toMatchObject({
    session_id: session,
    messages: [{ session_id: session, message_id: body.message_id, role: 'user', content: 'Hello' }],
  });
  expect(listed.messages).toHaveLength(1);
  expect((await statusOf(session)).body).toMatchObject({
    session_id: session,
    status: 'done',
    message_count: 1,
    updated_at: body.updated_at,
  });
});

// covers 001/control-plane-lifecycle
test('messages are listed in the order in which they were accepted', async () => {
  const session = newSession();
  const ids: string[] = [];
  for (const message of ['one', 'two', 'three']) {
    const { body } = await accepted({ session_id: session, message });
    ids.push(body.message_id);
    expect(body.message_count).toBe(ids.length);
  }
  const messages = await messagesOf(session);
  expect(messages.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
  expect(messages.map(({ message_id }) => message_id)).toEqual(ids);
});

test('a message without a session begins one', async () => {
  const [{ body: one }, { body: other }] = [
    await accepted({ message: 'a' }),
    await accepted({ message: 'b' }),
  ];
  expect(one.session_id).not.toBe(other.session_id);
  expect((await messagesOf(one.session_id)).map(({ content }) => content)).toEqual(['a']);
});

test('white space around a session and a message does not count', async () => {
  const session = newSession();
  const { body } = await accepted({ session_id: ` ${session} `, message: '\n Hello\t' });
  expect(body.session_id).toBe(session);
  expect((await messagesOf(session)).map(({ content }) => content)).toEqual(['Hello']);
});

test.each(['line one\nline two\r\ndata: no event\n\nid: 99', 'é 漢字 \u2028 🙂', '"quoted" \\ {"a":1}'])(
  'the text %j is kept as it is',
  async (message) => {
    const session = newSession();
    await accepted({ session_id: session, message });
    expect((await messagesOf(session))[0]?.content).toBe(message);
  },
);

test('a session may have a name that needs encoding in an address', async () => {
  const session = `${newSession()} a&b=c/é#?`;
  const { body } = await accepted({ session_id: session, message: 'Hello' });
  const events = new URL(body.events_url, 'http://gateway');
  expect(events.searchParams.get('session_id')).toBe(session);
  expect(await messagesOf(session)).toHaveLength(1);
});

test('equal messages without a key are two messages', async () => {
  const session = newSession();
  const [one, other] = [
    await accepted({ session_id: session, message: 'again' }),
    await accepted({ session_id: session, message: 'again' }),
  ];
  expect(one.body.message_id).not.toBe(other.body.message_id);
  expect(await messagesOf(session)).toHaveLength(2);
});

test.each(['/messages', '/status', '/events'] as const)('%s needs a session', async (route) => {
  for (const query of ['', '?session_id=', '?session_id=%20']) {
    const { status, body } = await askControl('GET', `${route}${query}`);
    expect([status, body.error]).toEqual([400, 'session_id query parameter is required']);
  }
});

test.each(['/messages', '/status', '/events'] as const)(
  '%s knows no session that was never made',
  async (route) => {
    const session = newSession();
    const { status, body } = await askControl('GET', sessionPath(route, session));
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: 'session not found', session_id: session });
  },
);

test('a session that is not there cannot be resumed, and is not made by that', async () => {
  const session = newSession();
  const { status, body } = await post({ session_id: session, capability: 'resume', message: 'Go on' });
  expect(status).toBe(404);
  expect(body).toMatchObject({ error: 'session not found', session_id: session });
  expect((await statusOf(session)).status).toBe(404);
  await accepted({ session_id: session, message: 'Hello' });
  await accepted({ session_id: session, capability: 'resume', message: 'Go on' });
  expect(await messagesOf(session)).toHaveLength(2);
});
