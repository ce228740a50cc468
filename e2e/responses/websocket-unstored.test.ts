import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ResponseEvent } from '../../harness/responses/event-types.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import { responseIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';

let model: string;
let socket: ResponseSocket;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses', 'responses-websocket');
  await needsScriptedResponses();
  socket = await openSocket();
});
afterEach(() => socket?.drop());

const isUnknown = (events: readonly ResponseEvent[]) =>
  JSON.stringify(events.at(-1)).includes('previous_response_not_found');

async function turn(input: string, say: string, more: object = {}) {
  const { id: operation, mark } = newOperation({ say });
  const message = { type: 'message', role: 'user', content: `${input} ${mark}` };
  socket.send({ type: 'response.create', model, input: [message], ...more });
  return { operation, events: await socket.turn() };
}

const toldIn = async (operation: string) =>
  (await journalOf(operation)).at(-1)?.messages.map(({ text }) => text.replace(/ ?\[\[.*/, ''));

/** Two turns of which nothing is stored; the second goes on from the first by what the socket remembers. */
async function unstoredChain() {
  const first = await turn('one', 'first', { store: false });
  const second = await turn('two', 'second', {
    store: false,
    previous_response_id: responseIn(first.events).id,
  });
  if (isUnknown(second.events)) skip('the gateway goes on from stored responses only', 'not_offered');
  return { first: responseIn(first.events).id, second: responseIn(second.events).id, ...second };
}

test('turns that are not stored go on from each other on their socket, and are nowhere else', async () => {
  const { first, second, operation } = await unstoredChain();
  expect(await toldIn(operation)).toEqual(['one', 'first', 'two']);
  for (const id of [first, second]) expect((await ask('GET', `/responses/${id}`)).status).toBe(404);
  socket.drop();
  socket = await openSocket();
  const { events } = await turn('three', 'never', { previous_response_id: second });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ type: 'error', error: { code: 'previous_response_not_found' } });
});

test('a stored turn after one that was not is whole for whoever goes on from it over HTTP', async () => {
  const { second } = await unstoredChain();
  const third = await turn('three', 'third', { previous_response_id: second });
  expect(await toldIn(third.operation)).toEqual(['one', 'first', 'two', 'second', 'three']);
  const { id, mark } = newOperation({ say: 'fourth' });
  const previous = responseIn(third.events).id;
  await caller().responses.create({ model, previous_response_id: previous, input: `four ${mark}` });
  expect(await toldIn(id)).toEqual(['one', 'first', 'two', 'second', 'three', 'third', 'four']);
});

test('an appended input after a turn that was not stored is not stored either', async () => {
  const { first } = await unstoredChain();
  const { id, mark } = newOperation({ say: 'third' });
  socket.send({
    type: 'response.append',
    input: [{ type: 'message', role: 'user', content: `three ${mark}` }],
  });
  const events = await socket.turn();
  if (/unsupported/i.test(JSON.stringify(events[0])))
    skip('the gateway does not offer response.append', 'not_offered');
  expect(await toldIn(id)).toEqual(['one', 'first', 'two', 'second', 'three']);
  for (const each of [first, responseIn(events).id])
    expect((await ask('GET', `/responses/${each}`)).status).toBe(404);
});
