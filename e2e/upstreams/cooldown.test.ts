/** @long */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ChatAnswer, says } from '../../harness/suite/chat.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient, WorkerClient } from '../../harness/workers/client.ts';
import { attemptsOf, models, needsModel } from './upstream-models.ts';

let scope: ScopeClient;
let first: WorkerClient;
let second: WorkerClient;

beforeAll(() => {
  scope = stackScope('gateway');
  first = scope.workerClient('gateway', 1);
  second = scope.workerClient('gateway', 2);
});
afterAll(() => scope?.close());

async function ask(worker: WorkerClient, model: string, directives: Directives = {}) {
  const { id, mark } = newOperation(directives);
  const sentAt = Date.now();
  const answer = await worker.post('/v1/chat/completions', { model, messages: says(`Hi ${mark}`) });
  return { answer, sentAt, answeredAt: Date.now(), attempts: await attemptsOf(id) };
}

/** Keys of as many requests in a row as make a key that is in turn show. */
async function keysUsed(worker: WorkerClient, model: string): Promise<ReadonlySet<string | null>> {
  const keys = new Set<string | null>();
  for (let n = 0; n < 4; n += 1) {
    const { answer, attempts } = await ask(worker, model);
    expect(answer.status).toBe(200);
    for (const { keySha256 } of attempts) keys.add(keySha256);
  }
  return keys;
}

test('a key that one worker was refused by rests at the other too, as long as it was asked to, and then comes back', async () => {
  await needsModel(models.cooling);
  await until(
    'both keys to be in turn',
    async () => (await keysUsed(second, models.cooling)).size === 2,
    30_000,
  );

  const refused = await ask(first, models.cooling, { status: 429, retry_after: 6, times: 1 });
  expect(refused.answer.status).toBe(200);
  const [resting, working] = refused.attempts;
  expect([resting?.status, working?.status]).toEqual([429, 200]);

  const during = await keysUsed(second, models.cooling);
  expect(during).toEqual(new Set([working?.keySha256]));
  expect(await keysUsed(first, models.cooling)).toEqual(during);

  const again = await until(
    'the resting key to be in turn again',
    async () =>
      (await ask(second, models.cooling)).attempts.find(({ keySha256 }) => keySha256 === resting?.keySha256),
    30_000,
  );
  // What the upstream asked for: nothing before its time.
  expect(again.arrivedAt - (resting?.arrivedAt ?? Number.NaN)).toBeGreaterThanOrEqual(6_000);
}, 90_000);

test('while all keys rest every worker says so, asks nobody, and tells how long', async () => {
  await needsModel(models.limited);
  const afresh = async () => {
    const { answer } = await ask(first, models.limited, { status: 429, retry_after: 8 });
    return (answer.json() as ChatAnswer).error?.code === 'model_cooldown' ? false : answer;
  };
  const refused = await until('no cooldown of an earlier run', afresh, 30_000);
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('8');

  for (const worker of [second, first]) {
    const { answer, attempts } = await ask(worker, models.limited);
    expect(answer.status).toBe(429);
    expect((answer.json() as ChatAnswer).error).toMatchObject({
      code: 'model_cooldown',
      type: 'rate_limit_error',
      message: expect.stringContaining(models.limited),
    });
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(8);
    expect(attempts).toEqual([]);
  }

  const recovered = await until(
    'the cooldown to end',
    async () => {
      const { answer } = await ask(second, models.limited);
      return answer.status === 200 && answer;
    },
    30_000,
  );
  expect(recovered.status).toBe(200);
}, 90_000);

/** Asks both workers in turn. */
const workerOf = (round: number) => (round % 2 === 0 ? first : second);

test('a key that fails again and again rests longer each time, whichever worker meets it, until it answers well', async () => {
  await needsModel(models.growing);
  const answers = async () => (await ask(first, models.growing)).answer.status === 200;
  await until('no cooldown of an earlier run', answers, 60_000);

  const codes: (string | null | undefined)[] = [];
  let wait = 0;
  let late = 0;
  let previousAt = Date.now();
  while (codes.at(-1) !== 'model_cooldown' && codes.length < 10) {
    const { answer, sentAt, answeredAt } = await ask(workerOf(codes.length), models.growing, { status: 429 });
    // Who is held up on the way finds less of a rest left, and waits for it once more.
    if (codes.length >= 3 && sentAt - previousAt > 1_000) late += 1;
    previousAt = answeredAt;
    expect(answer.status).toBe(429);
    codes.push((answer.json() as ChatAnswer).error?.code);
    wait = Number(answer.headers['retry-after'] ?? 0);
  }
  // 1 s and 2 s are waited for, 4 s are not.
  const refused = codes.length - 1;
  expect(codes).toEqual([...Array(refused).fill('rate_limit_exceeded'), 'model_cooldown']);
  expect(refused).toBeGreaterThanOrEqual(3);
  expect(refused).toBeLessThanOrEqual(3 + late);
  expect(wait).toBeGreaterThan(2);
  expect(wait).toBeLessThanOrEqual(2 ** (refused - 1));

  await until('the rest to end', answers, 30_000);
  expect((await ask(first, models.growing, { status: 429 })).answer.status).toBe(429);
  // Short again: the next request waits for its end instead of being refused.
  expect((await ask(second, models.growing)).answer.status).toBe(200);
}, 120_000);
