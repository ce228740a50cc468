import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { openSocket, type ResponseSocket } from '../../harness/suite/responses/response-socket.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';

/** Proxies on the way close a connection that is silent for a minute. */
const silenceMs = 55_000;

let socket: ResponseSocket;
beforeEach(async () => {
  await needs('responses', 'responses-websocket');
  socket = await openSocket();
});
afterEach(() => socket?.drop());

test('a socket without a turn is pinged, so that nothing on the way takes it for dead', async () => {
  await until('a ping of the gateway', () => socket.pings > 0, silenceMs);
  await socket.ping();
}, 70_000);

test('a socket whose model is silent is pinged as well, and its turn still ends', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ say: 'at last', hold: 0 });
  const input = [{ type: 'message', role: 'user', content: `Hi ${mark}` }];
  socket.send({ type: 'response.create', model: await textModel(), input });
  await waitForJournal(id, 'arrived');
  await until('a ping of the gateway', () => socket.pings > 0, silenceMs);
  await release(id);
  expect((await socket.turn()).at(-1)?.type).toBe('response.completed');
}, 70_000);
