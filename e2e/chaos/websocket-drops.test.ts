import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTwoClients, type TwoClients } from '../../harness/suite/control-plane/clients.ts';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { ask } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import { responseIn, textIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';

let model: string;
let two: TwoClients;
const sockets: ResponseSocket[] = [];
beforeAll(async () => {
  model = await textModel();
  two = openTwoClients();
});
afterAll(() => two?.close());
beforeEach(async () => {
  await needs('responses', 'responses-websocket');
  await needsScriptedResponses();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.drop();
});

const user = (content: string) => [{ type: 'message', role: 'user', content }];

/** A socket on one of two workers, where these can be told apart. */
async function connect(client: 0 | 1): Promise<ResponseSocket> {
  const socket = await openSocket(two.clients[client]);
  sockets.push(socket);
  return socket;
}

/** One whole turn behind another one; the id of its response. */
async function turn(socket: ResponseSocket, said: string, answer: string, previous?: string) {
  const { id, mark } = newOperation({ say: answer });
  const chain = previous === undefined ? {} : { previous_response_id: previous };
  socket.send({ type: 'response.create', model, input: user(`${said} ${mark}`), ...chain });
  const events = await socket.turn();
  expect(textIn(events)).toBe(answer);
  return { op: id, response: responseIn(events).id };
}

/** What the model was told with an operation, oldest first. */
const transcriptOf = async (op: string): Promise<readonly string[] | undefined> =>
  (await journalOf(op)).at(-1)?.messages.map(({ text }) => text.replace(/ ?\[\[.*/, ''));

/** Drops the socket of a second turn when so many frames of a type have come, and resolves to the turn's operation. */
async function dropAt(type: string, times: number, directives: Directives, previous: string) {
  const socket = await connect(0);
  const { id, mark } = newOperation({ tokens: 3, ...directives });
  const input = user(`two ${mark}`);
  socket.send({ type: 'response.create', model, input, previous_response_id: previous });
  const events = [];
  for (let seen = 0; seen < times; ) {
    const event = await socket.next();
    events.push(event);
    if (event.type === type) seen += 1;
  }
  if (times === 0) await waitForJournal(id, 'arrived');
  socket.drop();
  return { op: id, events };
}

/** How a response ended, or that nobody knows it. */
const endOf = (id: string): Promise<string> =>
  until(`an end of ${id}`, async () => {
    const { status, body } = await ask('GET', `/responses/${id}`);
    const now = status === 404 ? '404' : (body.status as string);
    return !['queued', 'in_progress'].includes(now) && now;
  });

// covers 001/websocket-drop-and-reconnect
test.each([
  ['the request, before any frame', '', 0, { hold: 0 }],
  ['response.created', 'response.created', 1, { hold: 2 }],
  ['response.output_item.added', 'response.output_item.added', 1, { hold: 2 }],
  ['response.content_part.added', 'response.content_part.added', 1, { hold: 2 }],
  ['the first delta', 'response.output_text.delta', 1, { hold: 2 }],
  ['the second delta', 'response.output_text.delta', 2, { hold: 3 }],
  ['the last delta', 'response.output_text.delta', 3, { hold: 4 }],
] as const)(
  'a socket that drops behind %s ends the turn at the model, and the turn comes again on another socket, once',
  async (_, type, times, directives) => {
    const first = await turn(await connect(0), 'one', 'to one');
    const dropped = await dropAt(type, times, directives, first.response);
    const upstream = await waitForJournal(dropped.op, 'hungup');
    expect(upstream.completedAt).toBeUndefined();

    const again = await connect(1);
    const second = await turn(again, 'two', 'to two', first.response);
    const third = await turn(again, 'three', 'to three', second.response);
    expect(await transcriptOf(third.op)).toEqual(['one', 'to one', 'two', 'to two', 'three']);
    for (const op of [dropped.op, second.op, third.op]) expect(await journalOf(op)).toHaveLength(1);
    if (dropped.events.length === 0) return;
    const { id } = responseIn(dropped.events);
    expect(['failed', 'cancelled', 'incomplete', '404']).toContain(await endOf(id));
  },
);

// covers 001/websocket-drop-and-reconnect
test.each([['response.output_text.done'], ['response.content_part.done'], ['response.output_item.done']])(
  'a socket that drops behind %s leaves a turn that is whole or ended, and never doubled',
  async (type) => {
    const first = await turn(await connect(0), 'one', 'to one');
    const dropped = await dropAt(type, 1, {}, first.response);
    const end = await endOf(responseIn(dropped.events).id);
    expect(['completed', 'failed', 'cancelled', 'incomplete', '404']).toContain(end);

    const again = await connect(1);
    const second =
      end === 'completed'
        ? { response: responseIn(dropped.events).id }
        : await turn(again, 'two', 'w1 w2 w3', first.response);
    const third = await turn(again, 'three', 'to three', second.response);
    expect(await transcriptOf(third.op)).toEqual(['one', 'to one', 'two', 'w1 w2 w3', 'three']);
    expect(await journalOf(dropped.op)).toHaveLength(1);
  },
);

// covers 001/websocket-drop-and-reconnect
test('a turn whose last frame has come is kept: it is gone on from after the drop', async () => {
  const first = await turn(await connect(0), 'one', 'to one');
  const dropped = await dropAt('response.completed', 1, {}, first.response);
  const kept = responseIn(dropped.events).id;
  expect(await endOf(kept)).toBe('completed');
  const third = await turn(await connect(1), 'three', 'to three', kept);
  expect(await transcriptOf(third.op)).toEqual(['one', 'to one', 'two', 'w1 w2 w3', 'three']);
  expect(await journalOf(dropped.op)).toHaveLength(1);
});

// covers 001/websocket-drop-and-reconnect
test('sockets that drop again and again leave no turn behind them and none in the chain', async () => {
  const first = await turn(await connect(0), 'one', 'to one');
  for (let round = 0; round < 5; round += 1) {
    const type = 'response.output_text.delta';
    const { op } = await dropAt(type, 1, { hold: 2 }, first.response);
    await waitForJournal(op, 'hungup');
  }
  const second = await turn(await connect(1), 'two', 'to two', first.response);
  expect(await transcriptOf(second.op)).toEqual(['one', 'to one', 'two']);
});
