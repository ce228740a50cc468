/** @alone */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  contentsOf,
  type Followed,
  follow,
  idsOf,
  range,
} from '../../harness/suite/control-plane/followed.ts';
import {
  accepted,
  type ControlAnswer,
  type ListedMessage,
  messagesOf,
  newSession,
  post,
  statusOf,
} from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { restartService } from '../../harness/suite/restart.ts';

const session = newSession();
const idempotencyKey = `key-${randomUUID()}`;
const keyed = { session_id: session, message: 'm3', capability: 'exec' };
let answered: ControlAnswer;
let listed: readonly ListedMessage[];
let shown: ControlAnswer;
let following: Followed;

/** Three messages, one with a key and one with a label, and a follower; then a restart of all workers. */
beforeAll(async () => {
  await needs('control-plane', 'session-events');
  await accepted({ session_id: session, message: 'm1' });
  await accepted({ session_id: session, message: 'm2' });
  answered = await accepted(keyed, { idempotencyKey });
  listed = await messagesOf(session);
  shown = await statusOf(session);
  following = await follow(session, { after: 0 });
  await following.untilEvent(({ event, data }) => event === 'status' && data.message_count === 3);
  await restartService('gateway');
}, 180_000);
afterAll(() => following?.close());

// covers 001/control-plane-restart
test('messages, their ids and the status are the same after the restart', async () => {
  expect(await messagesOf(session)).toEqual(listed);
  expect((await statusOf(session)).body).toEqual(shown.body);
});

// covers 001/control-plane-restart
test('a key of before has its first answer', async () => {
  const { status, text } = await post(keyed, { idempotencyKey });
  expect([status, text]).toEqual([202, answered.text]);
  expect(await messagesOf(session)).toHaveLength(3);
});

// covers 001/control-plane-restart
test('a stream of before ended, and goes on with the next id', async () => {
  await following.ended;
  const last = Math.max(...idsOf(following.events));
  const { body } = await accepted({ session_id: session, capability: 'resume', message: 'm4' });
  expect(body.message_count).toBe(4);
  const again = await follow(session, { after: last });
  try {
    await again.untilEvent(({ event, data }) => event === 'status' && data.message_count === 4);
    expect(idsOf(again.events)).toEqual(range(last + 1, last + again.events.length));
    expect(contentsOf([...following.events, ...again.events])).toEqual(['m1', 'm2', 'm3', 'm4']);
  } finally {
    await again.close();
  }
});
