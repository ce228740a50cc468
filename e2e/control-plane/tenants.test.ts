import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { contentsOf, follow } from '../../harness/suite/control-plane/followed.ts';
import {
  accepted,
  askControl,
  controlUrl,
  messagesOf,
  newSession,
  post,
  sessionPath,
  statusOf,
} from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { otherKey } from '../../harness/suite/responses/caller.ts';
import { requireEnvironment } from '../../harness/suite/skip.ts';

beforeEach(() => needs('control-plane'));

test('the key of another tenant finds nothing of a session', async () => {
  const session = newSession();
  await accepted({ session_id: session, message: 'a secret' });
  const key = otherKey();
  for (const route of ['/messages', '/status', '/events'] as const) {
    const { status, text } = await askControl('GET', sessionPath(route, session), undefined, { key });
    expect([route, status]).toEqual([route, 404]);
    expect(text).not.toContain('secret');
  }
  const resumed = await post({ session_id: session, capability: 'resume' }, { key });
  expect(resumed.status).toBe(404);
  expect(await messagesOf(session)).toHaveLength(1);
});

test('sessions of one name are another one for each tenant', async () => {
  const session = newSession();
  const key = otherKey();
  const mine = await accepted({ session_id: session, message: 'mine' });
  const theirs = await accepted({ session_id: session, message: 'theirs' }, { key });
  expect([mine.body.message_count, theirs.body.message_count]).toEqual([1, 1]);
  expect((await messagesOf(session)).map(({ content }) => content)).toEqual(['mine']);
  expect((await messagesOf(session, { key })).map(({ content }) => content)).toEqual(['theirs']);
});

test("a follower sees nothing of another tenant's session of the same name", async () => {
  await needs('session-events');
  const session = newSession();
  const key = otherKey();
  await accepted({ session_id: session, message: 'mine' });
  const followed = await follow(session, { after: 0 });
  try {
    for (const message of ['theirs', 'theirs too']) await accepted({ session_id: session, message }, { key });
    await accepted({ session_id: session, message: 'mine too' });
    await followed.untilEvent(({ event, data }) => event === 'status' && data.message_count === 2);
    expect(contentsOf(followed.events)).toEqual(['mine', 'mine too']);
  } finally {
    await followed.close();
  }
});

test('a header that names a tenant or a user changes nothing', async () => {
  const session = newSession();
  await accepted({ session_id: session, message: 'a secret' });
  const answer = await fetch(`${controlUrl()}${sessionPath('/messages', session)}`, {
    headers: {
      authorization: `Bearer ${otherKey()}`,
      'x-tenant': 'anonymous',
      'x-user-id': 'anonymous',
      'x-client-request-id': session,
      'session-id': session,
    },
  });
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('secret');
});

test('a gateway that knows its keys refuses others, on every route of the control plane', async () => {
  requireEnvironment('GATEWAY_API_KEY');
  const session = newSession();
  await accepted({ session_id: session, message: 'Hello' });
  const key = `sk-wrong-${randomUUID()}`;
  const answers = [
    await post({ session_id: session, message: 'Hello' }, { key }),
    await askControl('GET', sessionPath('/messages', session), undefined, { key }),
    await askControl('GET', sessionPath('/events', session), undefined, { key }),
    await statusOf(session, { key }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  for (const { text } of answers) expect(text).not.toContain(key);
  expect(await messagesOf(session)).toHaveLength(1);
});
