import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  contentsOf,
  type Followed,
  type FollowOptions,
  idsOf,
  follow as openFollowed,
  range,
} from '../../harness/suite/control-plane/followed.ts';
import { accepted, askControl, newSession, sessionPath } from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';

beforeEach(() => needs('control-plane', 'session-events'));

const open: Followed[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
async function follow(session: string, options?: FollowOptions): Promise<Followed> {
  const followed = await openFollowed(session, options);
  open.push(followed);
  return followed;
}

/** A session with so many messages, and the id of its last event. */
async function told(count: number): Promise<{ readonly session: string; readonly last: number }> {
  const session = newSession();
  for (const number of range(1, count)) await accepted({ session_id: session, message: `m${number}` });
  const followed = await follow(session);
  const { id } = await followed.untilEvent(({ event }) => event === 'status');
  await followed.close();
  return { session, last: Number(id) };
}

// covers 001/control-plane-lifecycle
test('a stream begins with the status of the session, and goes on with what happens', async () => {
  const { session, last } = await told(1);
  const followed = await follow(session);
  expect([followed.status, followed.contentType]).toEqual([
    200,
    expect.stringMatching(/^text\/event-stream\b/),
  ]);
  const first = await followed.untilEvent(() => true);
  expect(first).toMatchObject({
    event: 'status',
    id: String(last),
    data: { session_id: session, status: 'done', updated_at: expect.any(String) },
  });
  const { body } = await accepted({ session_id: session, message: 'm2' });
  const seen = await followed.untilEvent(({ event }) => event === 'message');
  expect(seen.data).toMatchObject({ session_id: session, message_id: body.message_id, content: 'm2' });
  expect(Number(seen.id)).toBe(last + 1);
});

// covers 001/control-plane-event-replay
test('whoever comes again with the last id gets what came since: all of it, once, in order', async () => {
  const { session, last } = await told(3);
  const before = await follow(session, { after: 0 });
  await before.untilEvent(({ id }) => id === String(last));
  await before.close();
  expect(idsOf(before.events)).toEqual(range(1, last));
  expect(contentsOf(before.events)).toEqual(['m1', 'm2', 'm3']);
  for (const message of ['m4', 'm5', 'm6', 'm7']) await accepted({ session_id: session, message });
  const after = await follow(session, { after: last });
  await after.untilEvent(({ event, data }) => event === 'status' && data.message_count === 7);
  const ids = idsOf(after.events);
  expect(ids).toEqual(range(last + 1, last + ids.length));
  expect(contentsOf(after.events)).toEqual(['m4', 'm5', 'm6', 'm7']);
});

// covers 001/control-plane-event-replay
test('a stream can be taken up after each of its events', async () => {
  const { session, last } = await told(4);
  for (const after of range(0, last - 1)) {
    const followed = await follow(session, { after });
    await followed.untilEvent(({ id }) => id === String(last));
    expect(idsOf(followed.events)).toEqual(range(after + 1, last));
    await followed.close();
  }
});

test('what a stream showed is the same when it is read again', async () => {
  const { session } = await told(1);
  const live = await follow(session, { after: 0 });
  for (const message of ['m2', 'm3']) await accepted({ session_id: session, message });
  await live.untilEvent(({ event, data }) => event === 'status' && data.message_count === 3);
  const again = await follow(session, { after: 0 });
  await again.untilEvent(({ event, data }) => event === 'status' && data.message_count === 3);
  expect(again.events).toEqual(live.events);
});

test('the last id may come in the address, and that of the header wins', async () => {
  const { session, last } = await told(3);
  const byAddress = await follow(session, { parameter: last - 2 });
  await byAddress.untilEvent(({ id }) => id === String(last));
  expect(idsOf(byAddress.events)).toEqual(range(last - 1, last));
  const byBoth = await follow(session, { after: last - 1, parameter: 0 });
  await byBoth.untilEvent(({ id }) => id === String(last));
  expect(idsOf(byBoth.events)).toEqual([last]);
});

test('whoever is up to date sees nothing twice', async () => {
  const { session, last } = await told(2);
  const followed = await follow(session, { after: last });
  await accepted({ session_id: session, message: 'm3' });
  await followed.untilEvent(({ data }) => data.content === 'm3');
  expect(idsOf(followed.events)[0]).toBe(last + 1);
});

test('a stream that has nothing to tell says that it lives', async () => {
  const { session, last } = await told(1);
  const followed = await follow(session, { after: last });
  await until('a sign of life', () => followed.comments.length >= 2, 40_000);
  expect(followed.events).toEqual([]);
});

test.each(['abc', '-1', '1.5', '9'.repeat(40)])('the last id %j is refused', async (after) => {
  const { session } = await told(1);
  expect((await follow(session, { after })).status).toBe(400);
});

// covers 001/control-plane-event-replay
test('an id that never was is told as such, and not waited for', async () => {
  const { session, last } = await told(2);
  const followed = await follow(session, { after: last + 1_000 });
  if (followed.status !== 200) return expect([400, 404, 409, 410, 416]).toContain(followed.status);
  await accepted({ session_id: session, message: 'm3' });
  expect((await followed.untilEvent(() => true)).event).toBe('reset');
  await followed.untilEvent(({ data }) => data.content === 'm3');
});

// covers 001/control-plane-event-replay
test('an id before what is kept is told as such: there is never a gap in silence', async () => {
  const { session } = await told(1);
  const total = 560;
  const left = [...range(2, total)];
  const post = async () => {
    for (let number = left.shift(); number !== undefined; number = left.shift()) {
      await accepted({ session_id: session, message: `m${number}` });
    }
  };
  await Promise.all(Array.from({ length: 8 }, post));
  const followed = await follow(session, { after: 1 });
  if (followed.status === 410) return;
  await followed.untilEvent(({ event, data }) => event === 'status' && data.message_count === total, 30_000);
  const [first, ...rest] = followed.events;
  const ids = idsOf(followed.events);
  // Ours keeps a thousand events of each session: the window is behind the id.
  if (service('gateway').ours) expect(first?.event).toBe('reset');
  if (first?.event !== 'reset') expect(ids).toEqual(range(2, ids.length + 1));
  else expect(idsOf(rest)).toEqual(range((ids[0] ?? 0) + 1, (ids[0] ?? 0) + rest.length));
  const again = await follow(session, { after: ids[0] ?? 0 });
  await again.untilEvent(({ event, data }) => event === 'status' && data.message_count === total, 30_000);
  expect(again.events).toEqual(rest);
}, 120_000);

test('nothing in a message becomes a frame of its own', async () => {
  const { session, last } = await told(1);
  const message = 'x\n\nid: 999\nevent: forged\ndata: {}\n\n: comment\r\rdata: y';
  const followed = await follow(session, { after: last });
  await accepted({ session_id: session, message });
  await followed.untilEvent(({ event }) => event === 'status');
  expect(followed.events.map(({ event }) => event)).toEqual(['message', 'status']);
  expect(contentsOf(followed.events)).toEqual([message]);
});

test('many follow one session, and each sees all of it', async () => {
  const { session, last } = await told(1);
  const followers = await Promise.all(Array.from({ length: 50 }, () => follow(session, { after: last })));
  for (const message of ['m2', 'm3', 'm4']) await accepted({ session_id: session, message });
  for (const followed of followers) {
    await followed.untilEvent(({ event, data }) => event === 'status' && data.message_count === 4);
    expect(contentsOf(followed.events)).toEqual(['m2', 'm3', 'm4']);
  }
});

test('a question for the head of a stream is answered, and holds nothing open', async () => {
  const { session } = await told(1);
  const { status } = await askControl('HEAD', sessionPath('/events', session));
  expect([200, 404, 405]).toContain(status);
});
