import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import {
  openSocket,
  type ResponseSocket,
  refusedUpgrade,
} from '../../harness/suite/responses/response-socket.ts';
import { responseIn, streamResponse, textIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';

let model: string;
let socket: ResponseSocket | undefined;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses', 'responses-websocket');
  await needsScriptedResponses();
});
afterEach(() => socket?.drop());

const user = (content: string) => [{ type: 'message', role: 'user', content }];
const said = (messages: readonly { readonly text: string }[] | undefined) =>
  messages?.map(({ text }) => text.replace(/ ?\[\[.*/, ''));

// covers 001/websocket-fallback
test('an upgrade that is refused leaves the same turn to HTTP', async () => {
  expect([400, 426]).toContain(await refusedUpgrade());
  const { id, mark } = newOperation({ say: 'over HTTP' });
  const seen = await streamResponse({ model, input: user(`Hi ${mark}`) });
  expect(seen.findings).toEqual([]);
  expect(textIn(seen.events)).toBe('over HTTP');
  expect(await journalOf(id)).toHaveLength(1);
});

// covers 001/responses-websocket-shape
test('a request for a socket that does not ask for the upgrade is refused', async () => {
  const { status } = await ask('GET', '/responses');
  expect([400, 404, 405, 426]).toContain(status);
});

// covers 001/websocket-drop-and-reconnect
test('a socket that drops under a turn loses and doubles none: the turn comes again over HTTP', async () => {
  socket = await openSocket();
  socket.send({ type: 'response.create', model, input: user(`one ${newOperation({ say: 'first' }).mark}`) });
  const first = responseIn(await socket.turn());
  const dropped = newOperation({ tokens: 2_000, tps: 20 });
  socket.send({
    type: 'response.create',
    model,
    previous_response_id: first.id,
    input: user(`two ${dropped.mark}`),
  });
  await socket.next();
  await waitForJournal(dropped.id, 'arrived');
  socket.drop();
  await waitForJournal(dropped.id, 'hungup');
  const again = newOperation({ say: 'second' });
  const second = await caller().responses.create({
    model,
    previous_response_id: first.id,
    input: `two ${again.mark}`,
  });
  const last = newOperation({ say: 'third' });
  await caller().responses.create({ model, previous_response_id: second.id, input: `three ${last.mark}` });
  expect(said((await journalOf(last.id))[0]?.messages)).toEqual(['one', 'first', 'two', 'second', 'three']);
  expect((await journalOf(again.id)).filter(({ completedAt }) => completedAt)).toHaveLength(1);
});

test('a conversation has the turn of a dropped socket once, from the repetition', async () => {
  await needs('conversations');
  const conversation = (await caller().conversations.create()).id;
  socket = await openSocket();
  const dropped = newOperation({ tokens: 2_000, tps: 20 });
  socket.send({ type: 'response.create', model, conversation, input: user(`one ${dropped.mark}`) });
  await socket.next();
  await waitForJournal(dropped.id, 'arrived');
  socket.drop();
  await waitForJournal(dropped.id, 'hungup');
  const again = newOperation({ say: 'first' });
  // Its model was hung up on; that the conversation is free again comes a moment later, and 409 says so until then.
  await until('the conversation to be free of the dropped turn', async () => {
    const { status } = await ask('POST', '/responses', { model, conversation, input: `one ${again.mark}` });
    if (status !== 409) expect(status).toBe(200);
    return status === 200;
  });
  const last = newOperation({ say: 'second' });
  await caller().responses.create({ model, conversation, input: `two ${last.mark}` });
  expect(said((await journalOf(last.id))[0]?.messages)).toEqual(['one', 'first', 'two']);
});

// covers 001/websocket-drop-and-reconnect
test('a dropped socket is followed by a new one that goes on, or is told that it cannot', async () => {
  socket = await openSocket();
  socket.send({ type: 'response.create', model, input: user('My name is Alice') });
  const { id } = responseIn(await socket.turn());
  socket.drop();
  socket = await openSocket();
  const input = user('What is my name?');
  socket.send({ type: 'response.create', model, previous_response_id: id, input });
  const events = await socket.turn();
  if (events.at(-1)?.type === 'error')
    expect(events.at(-1)).toMatchObject({ error: { code: 'previous_response_not_found' } });
  else expect(textIn(events)).toContain('Alice');
});
