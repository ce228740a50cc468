import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ResponsesWS } from 'openai/resources/responses/ws';
import type { ResponseEvent } from '../../harness/responses/event-types.ts';
import { findingText } from '../../harness/responses/finding.ts';
import { checkEvents } from '../../harness/responses/grammar.ts';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import {
  responseIn,
  streamResponse,
  textIn,
  typesIn,
} from '../../harness/suite/responses/response-stream.ts';
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

const findings = (events: readonly ResponseEvent[]) =>
  checkEvents(events, { transport: 'websocket' }).map(findingText);
const user = (content: string) => [{ type: 'message', role: 'user', content }];
const create = (input: string, more: object = {}) =>
  socket.send({ type: 'response.create', model, input: user(input), ...more });
const turn = async (input: string, more: object = {}) => {
  create(input, more);
  return socket.turn();
};
/** What the model was told in the latest call of an operation, without directives. */
const toldIn = async (operation: string) =>
  (await journalOf(operation)).at(-1)?.messages.map(({ text }) => text.replace(/ ?\[\[.*/, ''));

// covers 001/responses-websocket-shape
test('a turn is the same events as over HTTP, one in each frame, with one end', async () => {
  const { mark } = newOperation({ tokens: 6 });
  const events = await turn(`Hi ${mark}`);
  expect(findings(events)).toEqual([]);
  const { events: overHttp } = await streamResponse({ model, input: user(`Hi ${mark}`) });
  expect(typesIn(events)).toEqual(typesIn(overHttp));
  expect(textIn(events)).toBe('w1 w2 w3 w4 w5 w6');
});

test('several turns follow each other on one socket', async () => {
  for (const word of ['one', 'two', 'three']) {
    const { mark } = newOperation({ say: word });
    const events = await turn(`Hi ${mark}`);
    expect(findings(events)).toEqual([]);
    expect(textIn(events)).toBe(word);
  }
});

test('a turn that goes on from the one before sends only what is new, and the model is told each item once', async () => {
  const first = await turn(`one ${newOperation({ say: 'first' }).mark}`);
  const { id, mark } = newOperation({ say: 'second' });
  const second = await turn(`two ${mark}`, { previous_response_id: responseIn(first).id });
  expect(findings(second)).toEqual([]);
  expect(await toldIn(id)).toEqual(['one', 'first', 'two']);
});

test('an appended input is a turn that goes on from the one before', async () => {
  await turn(`one ${newOperation({ say: 'first' }).mark}`);
  const { id, mark } = newOperation({ say: 'second' });
  socket.send({ type: 'response.append', input: user(`two ${mark}`) });
  const events = await socket.turn();
  if (/unsupported/i.test(JSON.stringify(events[0])))
    skip('the gateway does not offer response.append', 'not_offered');
  expect(findings(events)).toEqual([]);
  expect(await toldIn(id)).toEqual(['one', 'first', 'two']);
});

test('the result of a call goes back with the call', async () => {
  const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' }, strict: false }];
  const { id, mark } = newOperation({ tool: 'look' });
  const first = responseIn(await turn(`Hi ${mark}`, { tools }));
  const [call] = first.output;
  const output = { type: 'function_call_output', call_id: call && 'call_id' in call && call.call_id };
  socket.send({
    type: 'response.create',
    model,
    tools,
    previous_response_id: first.id,
    input: [{ ...output, output: 'at the pier' }],
  });
  const second = await socket.turn();
  expect(findings(second)).toEqual([]);
  expect(textIn(second)).toContain('at the pier');
  expect((await journalOf(id)).at(-1)?.messages.map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'tool',
  ]);
});

test('a warm-up makes a response without asking the model, and the turn after it goes on from there', async () => {
  const warm = newOperation({ say: 'never' });
  const events = await turn(`one ${warm.mark}`, { generate: false });
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['response.created', 'response.completed']),
  );
  const response = responseIn(events);
  expect(response).toMatchObject({ status: 'completed', output: [] });
  expect(response.usage?.output_tokens ?? 0).toBe(0);
  const { id, mark } = newOperation({ say: 'second' });
  const next = await turn(`two ${mark}`, { previous_response_id: response.id });
  expect(textIn(next)).toBe('second');
  expect(await journalOf(warm.id)).toEqual([]);
  const [upstream] = await journalOf(id);
  expect(upstream?.parameters).not.toHaveProperty('generate');
  expect(await toldIn(id)).toEqual(['one', 'two']);
});

test('a response of a socket is stored like any other', async () => {
  const response = responseIn(await turn('Hi'));
  const { status, body } = await ask('GET', `/responses/${response.id}`);
  expect(status).toBe(200);
  expect(body).toEqual(response);
});

test('a response that came over HTTP goes on over a socket, or its id is told to be unknown', async () => {
  const said = await caller().responses.create({ model, input: 'My name is Alice' });
  const events = await turn('What is my name?', { previous_response_id: said.id });
  if (events.at(-1)?.type === 'error') {
    expect(events.at(-1)).toMatchObject({ error: { code: 'previous_response_not_found' } });
    expect((await turn('Hi')).at(-1)?.type).toBe('response.completed');
  } else expect(textIn(events)).toContain('Alice');
});

test('the official client speaks over a socket', async () => {
  const { mark } = newOperation({ say: 'as agreed' });
  const client = new ResponsesWS(caller());
  try {
    client.send({ type: 'response.create', model, input: `Hi ${mark}` });
    const seen: ResponseEvent[] = [];
    for await (const message of client.stream()) {
      if (message.type === 'error') throw message.error;
      if (message.type !== 'message') continue;
      seen.push(message.message as unknown as ResponseEvent);
      if (message.message.type === 'response.completed') break;
    }
    expect(findings(seen)).toEqual([]);
    expect(textIn(seen)).toBe('as agreed');
  } finally {
    client.close();
  }
});

test('a ping of the client is answered, under a turn as well', async () => {
  await socket.ping();
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  create(`Hi ${mark}`);
  await waitForJournal(id, 'arrived');
  await socket.ping();
});

test('two sockets keep their turns apart', async () => {
  const other = await openSocket();
  try {
    create(`Hi ${newOperation({ say: 'to the one' }).mark}`);
    const input = user(`Hi ${newOperation({ say: 'to the other' }).mark}`);
    other.send({ type: 'response.create', model, input });
    const [mine, theirs] = await Promise.all([socket.turn(), other.turn()]);
    expect([textIn(mine), textIn(theirs)]).toEqual(['to the one', 'to the other']);
    expect(findings(mine)).toEqual([]);
    expect(findings(theirs)).toEqual([]);
  } finally {
    other.drop();
  }
});
