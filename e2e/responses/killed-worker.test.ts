/** @alone */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Response } from 'openai/resources/responses/responses';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { openResponse, responseIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { killWorker, stackScope } from '../../harness/suite/scope.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let model: string;
let scope: ScopeClient;
beforeAll(async () => {
  model = await textModel();
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

const ended = (id: string): Promise<Response> =>
  until(
    `an end of ${id}`,
    async () => {
      const response = await caller()
        .responses.retrieve(id)
        .catch(() => undefined);
      return response !== undefined && !['queued', 'in_progress'].includes(response.status ?? '') && response;
    },
    60_000,
  );

// covers 001/live-processes-responses
test.each([1, 2])(
  'a kill of worker %i loses no response that was answered, whoever answered it',
  async (worker) => {
    const clients = [1, 2].map((each) => caller({ worker: scope.proxyFor('gateway', each) }));
    let over = false;
    const answered: Response[] = [];
    const load = clients.map(async (client) => {
      while (!over) {
        const { mark } = newOperation({ say: 'yes', ttft: 30 });
        const response = await client.responses.create({ model, input: `Hi ${mark}` }).catch(() => undefined);
        if (response) answered.push(response);
      }
    });
    try {
      await until('some answers', () => answered.length >= 6, 20_000);
      await killWorker(scope, 'gateway', worker);
      const then = answered.length;
      await until('answers after the kill', () => answered.length >= then + 4, 20_000);
    } finally {
      over = true;
      await Promise.all(load);
    }
    for (const response of answered) expect(await caller().responses.retrieve(response.id)).toEqual(response);
  },
  90_000,
);

test('a response in the background goes on or fails when its worker is killed, and is never doubled', async () => {
  const { id, mark } = newOperation({ tokens: 8, hold: 4 });
  const worker = scope.proxyFor('gateway', 1);
  const open = openResponse({ model, input: `Hi ${mark}`, background: true }, { worker });
  await open.untilText('w2');
  const response = responseIn(open.events).id;
  await killWorker(scope, 'gateway', 1);
  await open.whole;
  await release(id);
  const done = await ended(response);
  if (done.status === 'completed') expect(done.output_text).toBe('w1 w2 w3 w4 w5 w6 w7 w8');
  else expect(done).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
}, 90_000);

// covers 001/live-processes-responses
test('a response in the foreground ends as failed when its worker is killed', async () => {
  const { id, mark } = newOperation({ tokens: 2_000, tps: 20 });
  const open = openResponse({ model, input: `Hi ${mark}` }, { worker: scope.proxyFor('gateway', 2) });
  await open.untilText('w2');
  await killWorker(scope, 'gateway', 2);
  const seen = await open.whole;
  await waitForJournal(id, 'hungup');
  expect(seen.endedCleanly).toBe(false);
  const status = await until(
    'an end of the response',
    async () => {
      const now = await caller()
        .responses.retrieve(responseIn(seen.events).id)
        .catch(({ status: code }) => ({ status: String(code) }));
      return now.status !== 'in_progress' && now.status;
    },
    60_000,
  );
  expect(['failed', 'cancelled', 'incomplete', '404']).toContain(status);
}, 90_000);
