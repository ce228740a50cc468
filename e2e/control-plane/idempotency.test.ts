import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTwoClients, type TwoClients } from '../../harness/suite/control-plane/clients.ts';
import {
  accepted,
  messagesOf,
  newSession,
  post,
  statusOf,
} from '../../harness/suite/control-plane/sessions.ts';
import { openDatabase } from '../../harness/suite/database.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { otherKey } from '../../harness/suite/responses/caller.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';

beforeEach(() => needs('control-plane'));

const newKey = () => `key-${randomUUID()}`;

// covers 001/control-plane-idempotency-replay
test('a message sent again with its key has the first answer, to the byte, and is there once', async () => {
  const session = newSession();
  const sent = { session_id: session, message: 'Hello', capability: 'ask' };
  const idempotencyKey = newKey();
  const first = await accepted(sent, { idempotencyKey });
  await accepted({ session_id: session, message: 'in between' });
  for (let again = 0; again < 3; again += 1) {
    const { status, text } = await post(sent, { idempotencyKey });
    expect([status, text]).toEqual([202, first.text]);
  }
  expect((await messagesOf(session)).map(({ content }) => content)).toEqual(['Hello', 'in between']);
});

test('the order of fields and white space make no other body', async () => {
  const session = newSession();
  const idempotencyKey = newKey();
  const first = await accepted({ session_id: session, message: 'Hello' }, { idempotencyKey });
  const again = await post(` {"message":"Hello",\n "session_id":"${session}"}`, { idempotencyKey });
  expect([again.status, again.text]).toEqual([202, first.text]);
});

// covers 001/control-plane-idempotency-replay
test('a session that the first request began is the session of all', async () => {
  const idempotencyKey = newKey();
  const first = await accepted({ message: 'Hello' }, { idempotencyKey });
  const again = await accepted({ message: 'Hello' }, { idempotencyKey });
  expect(again.text).toBe(first.text);
  expect(await messagesOf(first.body.session_id)).toHaveLength(1);
});

// covers 001/control-plane-idempotency-other-keys
test('other keys, and none, are other messages', async () => {
  const session = newSession();
  const sent = { session_id: session, message: 'Hello' };
  const answers = [
    await accepted(sent, { idempotencyKey: newKey() }),
    await accepted(sent, { idempotencyKey: newKey() }),
    await accepted(sent),
  ];
  expect(new Set(answers.map(({ body }) => body.message_id)).size).toBe(3);
  expect(await messagesOf(session)).toHaveLength(3);
});

test.each([
  ['message', { message: 'Goodbye' }],
  ['session', { session_id: 'suite-another' }],
  ['capability', { capability: 'continue' }],
])('a key with another %s is refused, and adds nothing', async (_, change) => {
  const session = newSession();
  const sent = { session_id: session, message: 'Hello' };
  const idempotencyKey = newKey();
  const first = await accepted(sent, { idempotencyKey });
  const other = await post({ ...sent, ...change }, { idempotencyKey });
  expect([409, 422]).toContain(other.status);
  expect(other.body.error).toEqual(expect.any(String));
  expect(other.text).not.toContain(first.body.message_id);
  expect(await messagesOf(session)).toHaveLength(1);
  expect((await post(sent, { idempotencyKey })).text).toBe(first.text);
});

test('a key of another tenant is another key', async () => {
  const key = otherKey();
  const idempotencyKey = newKey();
  const sent = { session_id: newSession(), message: 'Hello' };
  const mine = await accepted(sent, { idempotencyKey });
  const theirs = await accepted(sent, { idempotencyKey, key });
  expect(theirs.body.message_id).not.toBe(mine.body.message_id);
  const otherBody = await post({ ...sent, message: 'Goodbye' }, { idempotencyKey: newKey(), key });
  expect(otherBody.status).toBe(202);
  expect((await post(sent, { idempotencyKey })).text).toBe(mine.text);
});

test('a refused request leaves its key for one that is not', async () => {
  const session = newSession();
  const idempotencyKey = newKey();
  const resume = { session_id: session, capability: 'resume', message: 'Go on' };
  expect((await post(resume, { idempotencyKey })).status).toBe(404);
  expect((await post({ session_id: session, message: 1 }, { idempotencyKey })).status).toBe(400);
  await accepted({ session_id: session, message: 'Hello' });
  await accepted(resume, { idempotencyKey });
  expect(await messagesOf(session)).toHaveLength(2);
});

test('a key that is too long is refused', async () => {
  const idempotencyKey = 'k'.repeat(1_000);
  const session = newSession();
  expect((await post({ session_id: session, message: 'Hello' }, { idempotencyKey })).status).toBe(400);
  expect((await statusOf(session)).status).toBe(404);
});

// covers 001/control-plane-idempotency-replay
test('after its time a key begins anew', async () => {
  if (!service('gateway').ours) skip('how long this gateway remembers a key is not known');
  const session = newSession();
  const sent = { session_id: session, message: 'Hello' };
  const idempotencyKey = newKey();
  const key = `sk-suite-${randomUUID()}`;
  const options = process.env.GATEWAY_API_KEY ? { idempotencyKey } : { idempotencyKey, key };
  const first = await accepted(sent, options);
  const sql = openDatabase();
  try {
    // A day is over: what it does to the record, and nothing else.
    await sql`
      update gateway.idempotency_records set until = until - interval '25 hours'
      where answer like ${`%${first.body.message_id}%`}`;
  } finally {
    await sql.end();
  }
  const later = await accepted(sent, options);
  expect(later.body.message_id).not.toBe(first.body.message_id);
  expect(await messagesOf(session, options)).toHaveLength(2);
});

let two: TwoClients | undefined;
beforeAll(() => {
  two = openTwoClients();
});
afterAll(() => two?.close());

// covers 001/control-plane-idempotency-replay
test('the same message to two workers at once is one message, a hundred times', async () => {
  const clients = two?.clients ?? [];
  const session = newSession();
  for (let round = 0; round < 100; round += 1) {
    const idempotencyKey = newKey();
    const sent = { session_id: session, message: `round ${round}` };
    const answers = await Promise.all(
      [...clients, ...clients].map((client) => post(sent, { ...client, idempotencyKey })),
    );
    const known = answers.filter(({ status }) => status !== 409);
    expect(known.map(({ status }) => status)).toEqual(known.map(() => 202));
    expect(new Set(known.map(({ text }) => text)).size).toBe(1);
  }
  const contents = (await messagesOf(session)).map(({ content }) => content);
  expect(contents).toEqual(Array.from({ length: 100 }, (_, round) => `round ${round}`));
}, 120_000);

// covers 001/control-plane-idempotency-other-keys
test('two bodies under one key at once: one is accepted, the other refused', async () => {
  const clients = two?.clients ?? [];
  for (let round = 0; round < 20; round += 1) {
    const idempotencyKey = newKey();
    const session = newSession();
    const answers = await Promise.all(
      ['Hello', 'Goodbye'].map((message, at) =>
        post({ session_id: session, message }, { ...clients[at], idempotencyKey }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409 || status === 422)).toHaveLength(1);
    expect(await messagesOf(session)).toHaveLength(1);
  }
});
