import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ResponseEvent } from '../../harness/responses/event-types.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { otherKey } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import { responseIn, textIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

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

const user = (content: string) => [{ type: 'message', role: 'user', content }];
const turn = async (input: string, more: object = {}) => {
  socket.send({ type: 'response.create', model, input: user(input), ...more });
  return socket.turn();
};

/** The socket goes on after an error of one turn. */
async function expectUsable(): Promise<void> {
  const events = await turn(`Hi ${newOperation({ say: 'still here' }).mark}`);
  expect(textIn(events)).toBe('still here');
}

/** One error frame of a status, in the form that clients expect, and nothing besides. */
function expectError(events: readonly ResponseEvent[], ...statuses: readonly number[]): void {
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    type: 'error',
    status: expect.any(Number),
    error: { message: expect.any(String), type: expect.any(String) },
  });
  expect(statuses).toContain(events[0]?.status);
}

test('a frame that is no JSON is an error, and the socket goes on', async () => {
  socket.send('{"type": "response.create", ');
  expectError(await socket.turn(), 400);
  await expectUsable();
});

test('JSON that is no object is an error, and the socket goes on', async () => {
  socket.send('[1, 2]');
  expectError(await socket.turn(), 400);
  await expectUsable();
});

test('a type that nobody knows is an error that names it, and the socket goes on', async () => {
  socket.send({ type: 'response.gauntlet' });
  const events = await socket.turn();
  expectError(events, 400);
  expect(JSON.stringify(events[0])).toContain('response.gauntlet');
  await expectUsable();
});

test('bytes that are no text are an error or the end of the socket, and new ones are taken', async () => {
  socket.send(Uint8Array.of(0, 159, 146, 150));
  const end = await Promise.race([socket.turn(), socket.closed]);
  if ('code' in end) expect([1003, 1007]).toContain(end.code);
  else expectError(end, 400);
  socket.drop();
  socket = await openSocket();
  await expectUsable();
});

test('a turn without a model is an error', async () => {
  socket.send({ type: 'response.create', input: user('Hi') });
  expectError(await socket.turn(), 400, 422);
  await expectUsable();
});

test('a turn with a field of a wrong type is an error', async () => {
  expectError(await turn('Hi', { temperature: 'hot' }), 400, 422);
  await expectUsable();
});

test('an append before any turn is an error', async () => {
  socket.send({ type: 'response.append', input: user('Hi') });
  expectError(await socket.turn(), 400);
  await expectUsable();
});

test('a previous response that nobody has is an error with its code, and the whole input then works', async () => {
  const events = await turn('Hi', { previous_response_id: 'resp_gauntlet_unknown' });
  expectError(events, 400, 404, 409);
  expect(events[0]).toMatchObject({ error: { code: 'previous_response_not_found' } });
  await expectUsable();
});

test('a response of another tenant is one that nobody has', async () => {
  const { id } = responseIn(await turn('My name is Alice'));
  socket.drop();
  socket = await openSocket({ key: otherKey() });
  const events = await turn('What is my name?', { previous_response_id: id });
  expectError(events, 400, 404, 409);
  expect(events[0]).toMatchObject({ error: { code: 'previous_response_not_found' } });
});

test('a model that has too much to do is an error of its status, and the socket goes on', async () => {
  const events = await turn(`Hi ${newOperation({ status: 429 }).mark}`);
  expect(events.at(-1)).toMatchObject({ type: 'error', status: 429 });
  await expectUsable();
});

test('a model that breaks off ends the turn once, as failed, and the next one begins from the last complete one', async () => {
  const first = responseIn(await turn('My name is Alice'));
  const { id, mark } = newOperation({ tokens: 20, cut: 6 });
  const broken = await turn(`Hi ${mark}`, { previous_response_id: first.id });
  await waitForJournal(id, 'fault');
  expect(['error', 'response.failed']).toContain(broken.at(-1)?.type);
  const again = await turn('What is my name?', { previous_response_id: first.id });
  expect(textIn(again)).toContain('Alice');
});

test('a second turn while one runs waits or is refused: the two do not mix, none comes twice', async () => {
  const slow = newOperation({ tokens: 6, hold: 3 });
  socket.send({ type: 'response.create', model, input: user(`Hi ${slow.mark}`) });
  await waitForJournal(slow.id, 'arrived');
  const quick = newOperation({ say: 'the second' });
  socket.send({ type: 'response.create', model, input: user(`Hi ${quick.mark}`) });
  // A refusal may come at once, between the events of the first turn.
  const events: ResponseEvent[] = [];
  let isReleased = false;
  const ends = () => events.filter(({ type }) => type === 'error' || type === 'response.completed').length;
  while (ends() < 2) {
    events.push(await socket.next());
    if (isReleased || !textIn(events).includes('w2')) continue;
    isReleased = true;
    await release(slow.id);
  }
  const ofTurns = events.filter(({ type }) => type !== 'error');
  const texts = ofTurns
    .filter(({ type }) => type === 'response.completed')
    .map((event) => textOfResponse(event));
  if (events.some(({ type }) => type === 'error')) {
    expect(texts).toEqual(['w1 w2 w3 w4 w5 w6']);
    await expectUsable();
  } else expect(texts).toEqual(['w1 w2 w3 w4 w5 w6', 'the second']);
  const begins = ofTurns.flatMap(({ type }, at) => (type === 'response.created' ? [at] : []));
  const firstEnd = ofTurns.findIndex(({ type }) => type === 'response.completed');
  expect(begins.slice(1).every((at) => at > firstEnd)).toBe(true);
});

const textOfResponse = (event: ResponseEvent): string =>
  (event.response as unknown as { output: { content: { text: string }[] }[] }).output[0]?.content[0]?.text ??
  '';

test('a client that vanishes ends the request at the model', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  socket.send({ type: 'response.create', model, input: user(`Hi ${mark}`) });
  await socket.next();
  await waitForJournal(id, 'arrived');
  socket.drop();
  expect((await waitForJournal(id, 'hungup')).framesSent).toBeLessThan(500);
});

test('a client that vanishes before the first word ends the request at the model as well', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, hold: 0 });
  socket.send({ type: 'response.create', model, input: user(`Hi ${mark}`) });
  await waitForJournal(id, 'arrived');
  socket.drop();
  expect((await waitForJournal(id, 'hungup')).framesSent).toBe(0);
});

test('a frame that is larger than a gateway should read ends the socket with 1009, and new ones are taken', async () => {
  socket.send(
    `{"type": "response.create", "model": "${model}", "input": "${'a'.repeat(120 * 1024 * 1024)}"}`,
  );
  const end = await Promise.race([socket.turn(), socket.closed]);
  if ('code' in end) expect([1009, 1006]).toContain(end.code);
  else expect(end.at(-1)?.type).toBe('error');
  socket.drop();
  socket = await openSocket();
  await expectUsable();
});

test('a long answer waits for a client that does not read, holds nobody else up, and is whole when it does', async () => {
  const { mark } = newOperation({ tokens: 3_000 });
  socket.send({ type: 'response.create', model, input: user(`Hi ${mark}`) });
  await socket.next();
  socket.pause();
  const other = await openSocket();
  try {
    other.send({ type: 'response.create', model, input: user(`Hi ${newOperation({ say: 'yes' }).mark}`) });
    expect(textIn(await other.turn())).toBe('yes');
  } finally {
    other.drop();
  }
  socket.resume();
  expect(textIn(await socket.turn())).toBe(Array.from({ length: 3_000 }, (_, at) => `w${at + 1}`).join(' '));
});
