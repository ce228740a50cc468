import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTwoClients, type TwoClients } from '../../harness/suite/control-plane/clients.ts';
import { contentsOf, follow, idsOf, range } from '../../harness/suite/control-plane/followed.ts';
import { accepted, messagesOf, newSession, statusOf } from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import type { CallerOptions } from '../../harness/suite/responses/caller.ts';

let two: TwoClients | undefined;
let one: CallerOptions;
let other: CallerOptions;
beforeAll(() => {
  two = openTwoClients();
  [one, other] = two.clients;
});
afterAll(() => two?.close());
beforeEach(() => needs('control-plane'));

// covers 001/control-plane-lifecycle
test('what one worker accepted, the other one shows at once', async () => {
  for (const round of range(1, 30)) {
    const [writer, reader] = round % 2 ? [one, other] : [other, one];
    const session = newSession();
    const { body } = await accepted({ session_id: session, message: `round ${round}` }, writer);
    expect((await messagesOf(session, reader)).map(({ message_id }) => message_id)).toEqual([
      body.message_id,
    ]);
    expect((await statusOf(session, reader)).body).toMatchObject({
      message_count: 1,
      updated_at: body.updated_at,
    });
  }
});

// covers 001/control-plane-lifecycle
test('messages that come to both workers at once have one order, the same for everybody', async () => {
  const session = newSession();
  await accepted({ session_id: session, message: 'first' });
  const posting = [one, other, one, other].map(async (client, at) => {
    const counts: number[] = [];
    for (const number of range(1, 25)) {
      const { body } = await accepted({ session_id: session, message: `c${at} m${number}` }, client);
      counts.push(body.message_count);
    }
    return counts;
  });
  const counts = await Promise.all(posting);
  expect(counts.flat().sort((a, b) => a - b)).toEqual(range(2, 101));
  const [seen, seenByOther] = [await messagesOf(session, one), await messagesOf(session, other)];
  expect(seen).toEqual(seenByOther);
  expect(seen).toHaveLength(101);
  for (const [at, own] of counts.entries()) {
    // The count that a client was told is the place of its message, and its messages are in the order in which it sent them.
    expect(own.map((count) => seen[count - 1]?.content)).toEqual(
      range(1, 25).map((number) => `c${at} m${number}`),
    );
  }
});

// covers 001/control-plane-event-replay
test('followers on both workers see one order of events, that of the messages', async () => {
  await needs('session-events');
  const session = newSession();
  await accepted({ session_id: session, message: 'first' });
  const followers = await Promise.all([one, other].map((client) => follow(session, { ...client, after: 0 })));
  try {
    await Promise.all(
      [one, other, one, other].map(async (client, at) => {
        for (const number of range(1, 15)) {
          await accepted({ session_id: session, message: `c${at} m${number}` }, client);
        }
      }),
    );
    for (const { untilEvent } of followers) {
      await untilEvent(({ event, data }) => event === 'status' && data.message_count === 61);
    }
    const [seen = [], seenByOther = []] = followers.map(({ events }) => [...events]);
    expect(seen).toEqual(seenByOther);
    expect(idsOf(seen)).toEqual(range(1, seen.length));
    expect(contentsOf(seen)).toEqual((await messagesOf(session)).map(({ content }) => content));
  } finally {
    await Promise.all(followers.map((followed) => followed.close()));
  }
});

test('a session that two workers begin at once is one session', async () => {
  for (const round of range(1, 30)) {
    const session = newSession();
    const answers = await Promise.all(
      [one, other].map((client, at) =>
        accepted({ session_id: session, message: `r${round} c${at}` }, client),
      ),
    );
    expect(answers.map(({ body }) => body.message_count).sort()).toEqual([1, 2]);
    expect(new Set(answers.map(({ body }) => body.created_at)).size).toBe(1);
    expect(await messagesOf(session)).toHaveLength(2);
  }
});
