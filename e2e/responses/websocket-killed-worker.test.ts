/** @alone */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { journalOf, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import { responseIn, textIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { killWorker, stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
const sockets: ResponseSocket[] = [];
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('responses', 'responses-websocket');
  await needsScriptedResponses();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.drop();
});

const user = (content: string) => [{ type: 'message', role: 'user', content }];

async function socketOn(worker: number): Promise<ResponseSocket> {
  const socket = await openSocket({ worker: scope.proxyFor('gateway', worker) });
  sockets.push(socket);
  return socket;
}

test('a kill of the worker that holds a socket loses no turn that was answered, and the chain goes on elsewhere', async () => {
  const socket = await socketOn(1);
  const said: string[] = [];
  let previous: string | undefined;
  for (const word of ['one', 'two', 'three']) {
    const { mark } = newOperation({ say: `to ${word}` });
    const more = previous === undefined ? {} : { previous_response_id: previous };
    socket.send({ type: 'response.create', model, input: user(`${word} ${mark}`), ...more });
    previous = responseIn(await socket.turn()).id;
    said.push(previous);
  }
  const cut = newOperation({ tokens: 2_000, tps: 20 });
  const input = user(`four ${cut.mark}`);
  socket.send({ type: 'response.create', model, previous_response_id: previous, input });
  const created = await socket.next();
  await waitForJournal(cut.id, 'arrived');
  await killWorker(scope, 'gateway', 1);
  await socket.closed;
  await waitForJournal(cut.id, 'hungup');
  for (const id of said)
    expect((await ask('GET', `/responses/${id}`)).body).toMatchObject({ status: 'completed' });

  const other = await socketOn(2);
  const again = newOperation({ say: 'to four' });
  other.send({
    type: 'response.create',
    model,
    previous_response_id: previous,
    input: user(`four ${again.mark}`),
  });
  expect(textIn(await other.turn())).toBe('to four');
  const told = (await journalOf(again.id)).at(-1)?.messages.map(({ text }) => text.replace(/ ?\[\[.*/, ''));
  expect(told).toEqual(['one', 'to one', 'two', 'to two', 'three', 'to three', 'four']);

  const { id } = responseIn([created]);
  const end = await until(
    'an end of the turn that was cut',
    async () => {
      const { status, body } = await ask('GET', `/responses/${id}`);
      const now = status === 404 ? '404' : (body as { status: string }).status;
      return now !== 'in_progress' && now;
    },
    60_000,
  );
  expect(['failed', 'cancelled', 'incomplete', '404']).toContain(end);
}, 90_000);

test('sockets of every worker lose no answer while one worker is killed', async () => {
  const answered: string[] = [];
  let over = false;
  const load = [1, 2].map(async (worker) => {
    while (!over) {
      const socket = await socketOn(worker).catch(() => undefined);
      try {
        while (socket && !over) {
          const { mark } = newOperation({ say: 'yes', ttft: 20 });
          socket.send({ type: 'response.create', model, input: user(`Hi ${mark}`) });
          const events = await socket.turn();
          if (events.at(-1)?.type === 'response.completed') answered.push(responseIn(events).id);
        }
      } catch {
        // The socket went with its worker; the next one is another's.
      }
    }
  });
  try {
    await until('some answers', () => answered.length >= 6, 20_000);
    await killWorker(scope, 'gateway', 2);
    const then = answered.length;
    await until('answers after the kill', () => answered.length >= then + 6, 20_000);
  } finally {
    over = true;
    await Promise.all(load);
  }
  for (const id of answered) expect((await caller().responses.retrieve(id)).status).toBe('completed');
  expect(new Set(answered).size).toBe(answered.length);
}, 90_000);
