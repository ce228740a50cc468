import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { cliModel, langchainModel, says } from '../../harness/suite/chat.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { needsModel } from '../../harness/suite/setup/model.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient, WorkerClient } from '../../harness/workers/client.ts';

/** Votes of one user in an hour. */
const limit = 50;

let scope: ScopeClient;
let workers: readonly WorkerClient[] = [];

beforeAll(() => {
  scope = stackScope('gateway');
  workers = [1, 2].map((index) => scope.workerClient('gateway', index));
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('arena', 'votes');
  await needsModel(langchainModel);
  await needsSeveralWorkers(scope, 'gateway');
});

const worker = (index: number): WorkerClient => workers[index % 2] as WorkerClient;

async function battle(index: number): Promise<string> {
  const body = { model: cliModel, messages: says('What is 2+2?') };
  const { status, json } = await worker(index).post('/v1/chat/completions/arena', body);
  expect(status).toBe(200);
  return (json() as { prompt_id: string }).prompt_id;
}

const vote = async (index: number, promptId: string, user: string) =>
  (await worker(index).post('/api/arena/vote', { prompt_id: promptId, winner: 'A', user_id: user })).status;

/** A vote that comes before anybody could read is refused with 400, and does not count. */
async function isReadable(promptId: string): Promise<void> {
  const early = async () =>
    (await worker(0).post('/api/arena/vote', { prompt_id: promptId, winner: 'tie' })).status;
  await until('a matchup is old enough for a vote', async () => (await early()) !== 400, 15_000);
}

test('of many votes for one matchup, through both workers at once, exactly one counts', async () => {
  const judged = await battle(0);
  // The younger of two: when it is old enough, so is the other.
  const clock = await battle(1);
  await isReadable(clock);
  const statuses = await Promise.all(Array.from({ length: 16 }, (_, at) => vote(at, judged, randomUUID())));
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409)).toHaveLength(15);
});

test('the limit of a user holds exactly, through both workers at once', async () => {
  const user = randomUUID();
  const prompts: string[] = [];
  for (let round = 0; round < 7; round += 1) {
    prompts.push(...(await Promise.all(Array.from({ length: 8 }, (_, at) => battle(at)))));
  }
  await isReadable(await battle(0));
  const statuses = await Promise.all(prompts.map((prompt, at) => vote(at, prompt, user)));
  expect(statuses.filter((status) => status === 200)).toHaveLength(limit);
  expect(statuses.filter((status) => status === 429)).toHaveLength(prompts.length - limit);
  // A refusal has not used the matchup up.
  const refused = prompts[statuses.indexOf(429)] ?? '';
  expect(await vote(0, refused, randomUUID())).toBe(200);
}, 120_000);
