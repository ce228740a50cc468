import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { openSocket } from '../../harness/suite/responses/response-socket.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { ask } from '../../harness/suite/security/ask.ts';
import { adminKey, askAdmin, makeKey, revokeKey } from '../../harness/suite/security/keys.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient, WorkerProxy } from '../../harness/workers/client.ts';

let scope: ScopeClient;
let workers: readonly WorkerProxy[];
beforeAll(async () => {
  scope = stackScope('gateway');
  await needsSeveralWorkers(scope, 'gateway');
  const { workers: count } = service('gateway');
  workers = Array.from({ length: count }, (_, at) => scope.proxyFor('gateway', at + 1));
});
afterAll(() => scope?.close());
beforeEach(() => needs('api-keys'));

const models = (key: string, worker?: WorkerProxy) => ask('/v1/models', { key, worker });
const rounds = 25;

test('a key that was made is good on every worker at once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { key } = await makeKey();
    const answers = await Promise.all(workers.map((worker) => models(key, worker)));
    expect(answers.map(({ status }) => status)).toEqual(workers.map(() => 200));
  }
});

test('a key that was revoked through any worker is refused on every worker at once, round after round', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { id, key } = await makeKey();
    // Every worker has seen the key as a good one, just before.
    await Promise.all(workers.map((worker) => models(key, worker)));
    const revoked = await revokeKey(id, { worker: workers[round % workers.length] });
    expect(revoked.status).toBe(200);
    const answers = await Promise.all(workers.map((worker) => models(key, worker)));
    expect(answers.map(({ status, json }) => [status, json?.error?.code])).toEqual(
      workers.map(() => [401, 'invalid_api_key']),
    );
  }
});

test('a revocation holds under load: no request that began after it was answered is let in', async () => {
  const { id, key } = await makeKey();
  let revokedAt = Number.POSITIVE_INFINITY;
  const late: number[] = [];
  let refused = 0;
  const load = workers.flatMap((worker) =>
    Array.from({ length: 4 }, async () => {
      for (let turn = 0; turn < 400 && refused < 40; turn += 1) {
        const beganAt = performance.now();
        const { status } = await models(key, worker);
        if (status === 401) refused += 1;
        else if (beganAt > revokedAt) late.push(status);
      }
    }),
  );
  await models(key);
  await revokeKey(id);
  revokedAt = performance.now();
  await Promise.all(load);
  expect(late).toEqual([]);
  expect(refused).toBeGreaterThanOrEqual(40);
});

test('a socket that was opened with a key has no turn after its revocation', async () => {
  await needs('responses-websocket');
  const { id, key } = await makeKey();
  const model = await textModel();
  const socket = await openSocket({ key });
  try {
    socket.send({ type: 'response.create', model, input: 'Hi' });
    expect((await socket.turn()).at(-1)).toMatchObject({ type: 'response.completed' });
    await revokeKey(id);
    socket.send({ type: 'response.create', model, input: 'Hi again' });
    expect(await socket.turn()).toMatchObject([
      { type: 'error', status: 401, error: { code: 'invalid_api_key' } },
    ]);
    await expect(openSocket({ key })).rejects.toThrow('401');
  } finally {
    socket.close();
  }
});

test('a key is good until it expires', async () => {
  const { key } = await makeKey({ expires_in_seconds: 2 });
  expect((await models(key)).status).toBe(200);
  const refused = await until(
    'the key to be refused',
    async () => {
      const answer = await models(key);
      return answer.status !== 200 && answer;
    },
    20_000,
  );
  expect(refused.status).toBe(401);
});

test('a key is told once: the list has its end and never the key', async () => {
  const { id, key } = await makeKey();
  const { text } = await askAdmin('?limit=1000');
  expect(text).toContain(id);
  expect(text).not.toContain(key);
  const revoked = await revokeKey(id);
  expect(revoked.text).not.toContain(key);
  expect(revoked.json).toMatchObject({ id, hint: key.slice(-4), revoked_at: expect.any(String) });
});

test('a revocation told twice is one, and an unknown key is 404', async () => {
  const { id } = await makeKey();
  const [first, second] = [await revokeKey(id), await revokeKey(id)];
  expect(second.json.revoked_at).toBe(first.json.revoked_at);
  expect((await revokeKey('key_nobody')).status).toBe(404);
});

test('pages of the list follow each other, oldest first', async () => {
  const made = [await makeKey(), await makeKey(), await makeKey()];
  const page = await askAdmin(`?limit=2&after=${made[0]?.id}`);
  expect(page.json.data.map(({ id }: { id: string }) => id)).toEqual([made[1]?.id, made[2]?.id]);
});

test('only the admin key makes, lists and revokes keys', async () => {
  const { id, key } = await makeKey();
  for (const given of [undefined, key, `${adminKey()}x`, adminKey().slice(0, -1), 'gk_']) {
    const answers = await Promise.all([
      ask('/admin/keys', { method: 'POST', key: given, body: { name: 'x' } }),
      ask('/admin/keys', { key: given }),
      ask(`/admin/keys/${id}`, { method: 'DELETE', key: given }),
      ask('/%61dmin/keys', { key: given }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  }
  expect((await models(key)).status).toBe(200);
});

test.each([
  ['no name', {}],
  ['an empty name', { name: '' }],
  ['a name with a line break', { name: 'a\nb' }],
  ['a name with NUL', { name: 'a\0b' }],
  ['a name that is too long', { name: 'x'.repeat(101) }],
  ['a name that is none', { name: 7 }],
  ['a tenant with a slash', { name: 'x', tenant: '../other' }],
  ['the tenant of those without a key', { name: 'x', tenant: 'anonymous' }],
  ['no requests', { name: 'x', limits: { requests: 0 } }],
  ['half a request', { name: 'x', limits: { requests: 1.5 } }],
  ['a window without requests', { name: 'x', limits: { window_seconds: 5 } }],
  ['a limit that is none', { name: 'x', limits: { speed: 5 } }],
  ['an end in the past', { name: 'x', expires_in_seconds: -1 }],
  ['a key of the client', { name: 'x', key: 'gk_mine' }],
  ['a list', []],
])('a key with %s is not made', async (_what, body) => {
  const { status, json } = await askAdmin('', { method: 'POST', body });
  expect([400, 422]).toContain(status);
  expect(json.error).toMatchObject({ type: 'invalid_request_error' });
});

test('what only looks like a key of the store is refused, whatever follows', async () => {
  const { key } = await makeKey();
  const wrong = [
    key.slice(0, -1),
    `${key}x`,
    `gk_${key.slice(3).toUpperCase()}`,
    'gk_',
    `gk_${'A'.repeat(43)}`,
    `gk_${"'"}or'1`,
  ];
  const answers = await Promise.all(wrong.map((one) => models(one)));
  expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 401));
});
