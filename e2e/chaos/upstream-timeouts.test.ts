import { beforeEach, expect, test } from '@jest/globals';
import { ended, granted, start } from '../../harness/suite/agents/agent-client.ts';
import { readLog } from '../../harness/suite/agents/agent-log.ts';
import { answerIn, complete, says } from '../../harness/suite/chat.ts';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { ask as askMessages } from '../../harness/suite/messages/caller.ts';
import { openMessage, textIn as textOfMessage } from '../../harness/suite/messages/message-stream.ts';
import { needsListed } from '../../harness/suite/offered/listed-model.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { ask } from '../../harness/suite/responses/caller.ts';
import { openSocket } from '../../harness/suite/responses/response-socket.ts';
import { streamResponse, textIn } from '../../harness/suite/responses/response-stream.ts';

/** A model of compose.yaml whose upstream accepts connections that never come about. */
const silent = 'scripted-silent';
/** One that has 1.5 s to begin its answer, and 1.5 s for silence in it. */
const bounded = 'scripted-bounded';

const lateStart: Directives = { ttft: 60_000 };
const stalled: Directives = { tokens: 20, stall: 4 };

beforeEach(() => needs('chat', 'responses', 'messages'));

const codeIn = (body: { readonly error?: { readonly code?: unknown } }) => body.error?.code;

// covers 001/upstream-timeouts
test('an upstream that does not take the connection is a 504 for chats, responses and messages, and was never asked', async () => {
  await needsListed(silent);
  const { id, mark } = newOperation();
  const [chat, response, stream, message] = await Promise.all([
    complete('gateway', { model: silent, messages: says(`Hi ${mark}`) }),
    ask('POST', '/responses', { model: silent, input: `Hi ${mark}` }),
    streamResponse({ model: silent, input: `Hi ${mark}` }),
    askMessages({ model: silent, max_tokens: 50, messages: says(`Hi ${mark}`) }),
  ]);
  expect([chat.status, chat.data.error?.code]).toEqual([504, 'upstream_connect_timeout']);
  expect([response.status, codeIn(response.body)]).toEqual([504, 'upstream_connect_timeout']);
  // A stream that has begun before tells it at its end.
  const last = stream.events.at(-1);
  if (stream.status === 200) expect(['error', 'response.failed']).toContain(last?.type);
  else
    expect([stream.status, stream.body]).toEqual([504, expect.stringContaining('upstream_connect_timeout')]);
  expect([message.status, message.body]).toEqual([
    504,
    {
      type: 'error',
      error: expect.objectContaining({ type: 'timeout_error' }),
      request_id: expect.anything(),
    },
  ]);
  expect(await journalOf(id)).toEqual([]);
});

// covers 001/upstream-timeouts
test('an upstream that does not begin is a 504 for responses and messages, and is hung up on', async () => {
  await needsListed(bounded);
  const operations = [newOperation(lateStart), newOperation(lateStart), newOperation(lateStart)] as const;
  const [one, two, three] = operations.map(({ mark }) => mark);
  const [response, stream, message] = await Promise.all([
    ask('POST', '/responses', { model: bounded, input: `Hi ${one}` }),
    streamResponse({ model: bounded, input: `Hi ${two}` }),
    askMessages({ model: bounded, max_tokens: 50, messages: says(`Hi ${three}`) }),
  ]);
  expect([response.status, codeIn(response.body)]).toEqual([504, 'upstream_first_byte_timeout']);
  expect([stream.status, stream.body]).toEqual([504, expect.stringContaining('upstream_first_byte_timeout')]);
  expect([message.status, message.body]).toMatchObject([504, { error: { type: 'timeout_error' } }]);
  for (const { id } of operations) expect((await waitForJournal(id, 'hungup')).framesSent).toBe(0);
});

// covers 001/upstream-timeouts
test('an upstream that falls silent between frames ends streams of responses and messages as failed, with what had come', async () => {
  await needsListed(bounded);
  const operations = [newOperation(stalled), newOperation(stalled)] as const;
  const [one, two] = operations.map(({ mark }) => mark);
  const [response, message] = await Promise.all([
    streamResponse({ model: bounded, input: `Hi ${one}` }),
    openMessage({ model: bounded, max_tokens: 50, messages: says(`Hi ${two}`) }).whole,
  ]);
  expect([response.findings, message.findings]).toEqual([[], []]);
  expect(textIn(response.events).trim()).toBe('w1 w2 w3');
  expect(response.events.map(({ type }) => type)).not.toContain('response.completed');
  expect(['error', 'response.failed']).toContain(response.events.at(-1)?.type);
  expect(JSON.stringify(response.events.at(-1))).toMatch(/"message":"[^"]+"/);
  expect(textOfMessage(message).trim()).toBe('w1 w2 w3');
  expect(message.end).toBe('error');
  for (const { id } of operations) {
    expect((await waitForJournal(id, 'hungup')).completedAt).toBeUndefined();
  }
});

// covers 001/upstream-timeouts
test('on a socket each turn whose upstream is late has one error, and the next turn goes well on the same socket', async () => {
  await needs('responses-websocket');
  await needsListed(bounded);
  const socket = await openSocket();
  try {
    for (const directives of [lateStart, stalled]) {
      const { id, mark } = newOperation(directives);
      const input = [{ type: 'message', role: 'user', content: `Hi ${mark}` }];
      socket.send({ type: 'response.create', model: bounded, input });
      const events = await socket.turn();
      expect(['error', 'response.failed']).toContain(events.at(-1)?.type);
      await waitForJournal(id, 'hungup');
    }
    const { mark } = newOperation({ say: 'well' });
    const input = [{ type: 'message', role: 'user', content: `Hi ${mark}` }];
    socket.send({ type: 'response.create', model: bounded, input });
    expect(textIn(await socket.turn())).toBe('well');
  } finally {
    socket.drop();
  }
});

// covers 001/upstream-timeouts
test('an agent run whose upstream is late has failed and says why, keeps what had come, and can be resumed', async () => {
  await needs('agents');
  await needsListed(bounded);
  await needsListed(silent);
  const unconnected = start(silent, 'Hi');
  const late = newOperation({ ...lateStart, times: 1, tokens: 3 });
  const stalling = newOperation({ ...stalled, times: 1, tokens: 6 });
  const [one, two] = await Promise.all([
    start(bounded, `Hi ${late.mark}`),
    start(bounded, `Hi ${stalling.mark}`),
  ]);
  const [first, second, third] = await Promise.all([
    ended(one.session_id),
    ended(two.session_id),
    unconnected.then(({ session_id }) => ended(session_id)),
  ]);
  expect(first).toMatchObject({ status: 'failed', error_code: 'upstream_first_byte_timeout' });
  expect(second).toMatchObject({ status: 'failed', error_code: 'upstream_idle_timeout' });
  expect(second?.output?.trim()).toBe('w1 w2 w3');
  expect(third).toMatchObject({ status: 'failed', error_code: 'upstream_connect_timeout' });
  for (const { id } of [late, stalling]) await waitForJournal(id, 'hungup');
  for (const { session_id } of [one, two]) {
    expect((await readLog(session_id)).lines.at(-1)).toEqual({ type: 'end', status: 'failed' });
    await granted('POST', `/${session_id}/resume`);
  }
  expect(await ended(one.session_id)).toMatchObject({ status: 'completed', output: 'w1 w2 w3' });
  expect(await ended(two.session_id)).toMatchObject({ status: 'completed', output: 'w1 w2 w3 w4 w5 w6' });
});

// covers 001/upstream-timeouts
test('many upstreams that hang at once take no place from others, and leave none taken', async () => {
  await needsListed(bounded);
  const hanging = Array.from({ length: 60 }, () => newOperation(lateStart));
  const answers = hanging.map(({ mark }) =>
    ask('POST', '/responses', { model: bounded, input: `Hi ${mark}` }),
  );
  await Promise.all(hanging.map(({ id }) => waitForJournal(id, 'arrived')));
  const { mark } = newOperation({ say: 'beside them' });
  const beside = await complete('gateway', { model: bounded, messages: says(`Hi ${mark}`) });
  expect(answerIn(beside.data)).toBe('beside them');
  for (const { status } of await Promise.all(answers)) expect(status).toBe(504);
  for (const { id } of hanging) await waitForJournal(id, 'hungup');
  const next = Array.from({ length: 60 }, () => newOperation({ say: 'after them' }));
  const after = await Promise.all(
    next.map((operation) => ask('POST', '/responses', { model: bounded, input: `Hi ${operation.mark}` })),
  );
  expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
});
