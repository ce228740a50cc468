import { expect, test } from '@jest/globals';
import { openaiError } from '../../kit/openai-error.ts';
import { refusedAttempt } from './attempt-failure.ts';
import { Attempts } from './attempts.ts';
import type { Cooldowns } from './cooldowns.ts';
import { readProviders } from './provider.ts';
import type { Route } from './route.ts';
import { type Target, targetsOf } from './target.ts';
import { plainUpstreams } from './upstreams.ts';

/** Two keys at one provider and a second provider behind them, all offering `m`. */
const targetM = (options: object = {}): Target =>
  targetsOf(
    [],
    readProviders(
      JSON.stringify([
        { id: 'one', baseUrl: 'http://one/v1', apiKeys: ['k1', 'k2'], models: { m: 'a' }, ...options },
        { id: 'two', baseUrl: 'http://two/v1', apiKeys: ['k3'], models: { m: 'b' }, ...options },
      ]),
    ),
  ).get('m') as Target;

interface Told {
  readonly scope: string;
  readonly reason: string;
  readonly baseMs: number;
}

/** Cooldowns of a test: what was asked for, and what is said to be left of each. */
function toldCooldowns(left: Cooldowns['left'] = () => undefined) {
  const told: Told[] = [];
  const ended: string[] = [];
  const cooling = new Map<string, string>();
  const cooldowns: Cooldowns = {
    left: (scope) => {
      const reason = cooling.get(scope);
      return reason === undefined ? left(scope) : { ms: 60_000, reason };
    },
    cool: async (scope, reason, { baseMs }) => {
      told.push({ scope, reason, baseMs });
      cooling.set(scope, reason);
    },
    recovered: (scopes) => {
      ended.push(...scopes);
      return undefined;
    },
  };
  return { cooldowns, told, ended };
}

function attemptsFor(
  target: Target,
  cooldowns: Cooldowns,
  more: object = {},
  signal?: AbortSignal,
): Attempts {
  const upstreams = { ...plainUpstreams(5_000), cooldowns, ...more };
  const log = { warn: () => undefined } as never;
  return new Attempts({ target, upstreams, log, signal: signal ?? new AbortController().signal });
}

const keyOf = (route: Route) => (route.kind === 'provider' ? route.apiKey : undefined);
const refused = (status: number, retryAfter?: string) => refusedAttempt(status, '', 'one', retryAfter);

/** Runs with answers by key; returns the keys in the order they were tried and what came of it. */
async function tried(attempts: Attempts, answers: Readonly<Record<string, unknown>>) {
  const keys: (string | undefined)[] = [];
  const result = await attempts
    .run(async (route) => {
      const key = keyOf(route);
      keys.push(key);
      const answer = answers[key ?? ''];
      if (answer !== undefined) throw answer;
      return 'answered';
    })
    .catch((error) => error);
  return { keys, result };
}

test('keys of a provider take turns; the second provider only stands in', async () => {
  const target = targetM();
  const { cooldowns } = toldCooldowns();
  const first = [];
  for (let n = 0; n < 3; n += 1) first.push((await tried(attemptsFor(target, cooldowns), {})).keys[0]);
  expect(first).toEqual(['k1', 'k2', 'k1']);
});

test.each([401, 402, 403, 404, 408, 429, 500, 502, 503, 504, 302])(
  'status %i makes the next key answer',
  async (status) => {
    const { cooldowns, told } = toldCooldowns();
    expect(await tried(attemptsFor(targetM(), cooldowns), { k1: refused(status) })).toEqual({
      keys: ['k1', 'k2'],
      result: 'answered',
    });
    expect(told).toHaveLength(1);
  },
);

test.each([400, 409, 413, 415, 422])(
  'status %i is the client’s own: no retry and no cooldown',
  async (status) => {
    const { cooldowns, told } = toldCooldowns();
    const { keys, result } = await tried(attemptsFor(targetM(), cooldowns), { k1: refused(status) });
    expect(keys).toEqual(['k1']);
    expect(result).toMatchObject({ name: 'OpenaiError', statusCode: status });
    expect(told).toEqual([]);
  },
);

test('a provider that cannot be reached is left alone with all its keys', async () => {
  const { cooldowns, told } = toldCooldowns();
  const unreachable = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const { keys } = await tried(attemptsFor(targetM(), cooldowns), { k1: unreachable });
  expect(keys).toEqual(['k1', 'k3']);
  expect(told).toMatchObject([{ reason: 'unreachable', scope: expect.stringMatching(/^one@/) }]);
});

test('an upstream is left alone as long as its Retry-After says', async () => {
  const { cooldowns, told } = toldCooldowns();
  await tried(attemptsFor(targetM(), cooldowns), { k1: refused(429, '7') });
  expect(told).toMatchObject([{ reason: 'rate-limit', baseMs: 7_000 }]);
});

test('no scope shows a key', async () => {
  const { cooldowns, told } = toldCooldowns();
  await tried(attemptsFor(targetM(), cooldowns), { k1: refused(401) });
  expect(told).toHaveLength(1);
  expect(JSON.stringify(told)).not.toContain('k1');
});

test('attempts are bounded in number, and the last failure is the answer', async () => {
  const all = { k1: refused(500), k2: refused(500), k3: refused(429, '9') };
  const { cooldowns } = toldCooldowns();
  const two = await tried(attemptsFor(targetM(), cooldowns, { attempts: 2 }), all);
  expect(two.keys).toEqual(['k1', 'k2']);
  expect(two.result).toMatchObject({ statusCode: 502 });
  const three = await tried(attemptsFor(targetM(), toldCooldowns().cooldowns), all);
  expect(three.keys).toEqual(['k1', 'k2', 'k3']);
  expect(three.result).toMatchObject({ statusCode: 429, retryAfter: '9' });
});

test('no attempt begins after the time for retries', async () => {
  const { keys } = await tried(attemptsFor(targetM(), toldCooldowns().cooldowns, { retryForMs: -1 }), {
    k1: refused(500),
  });
  expect(keys).toEqual(['k1']);
});

test.each([
  ['rate-limit', 429],
  ['transient', 503],
])('when all cool down by %s the answer is %i with the time of the first', async (reason, status) => {
  const { cooldowns } = toldCooldowns((scope) => ({ ms: scope.startsWith('two') ? 4_200 : 60_000, reason }));
  const { keys, result } = await tried(attemptsFor(targetM(), cooldowns), {});
  expect(keys).toEqual([]);
  expect(result).toMatchObject({
    statusCode: status,
    retryAfter: '5',
    body: { error: { code: 'model_cooldown' } },
  });
});

test('a cooldown that is nearly over is waited for, and the wait ends with the client', async () => {
  let left: { ms: number; reason: string } | undefined = { ms: 20, reason: 'transient' };
  const { cooldowns } = toldCooldowns(() => left);
  expect((await tried(attemptsFor(targetM(), cooldowns), {})).result).toBe('answered');

  left = { ms: 1_900, reason: 'transient' };
  const leaving = new AbortController();
  const waiting = tried(attemptsFor(targetM(), cooldowns, {}, leaving.signal), {});
  leaving.abort(openaiError(503, 'over', 'server_error', 'shutting_down'));
  expect(await waiting).toMatchObject({
    keys: [],
    result: { statusCode: 503, body: { error: { code: 'shutting_down' } } },
  });
});

test('a client that goes ends the attempts and cools nothing', async () => {
  const { cooldowns, told } = toldCooldowns();
  const leaving = new AbortController();
  const attempts = attemptsFor(targetM(), cooldowns, {}, leaving.signal);
  let sent = 0;
  const run = attempts.run(async () => {
    sent += 1;
    leaving.abort();
    throw leaving.signal.reason;
  });
  await expect(run).rejects.toMatchObject({ name: 'OpenaiError' });
  expect(sent).toBe(1);
  expect(told).toEqual([]);
});

test('what failed after part of its answer went on is not tried elsewhere, but left alone', async () => {
  const { cooldowns, told } = toldCooldowns();
  const attempts = attemptsFor(targetM(), cooldowns);
  const route = await attempts.run(async (one) => one);
  await expect(attempts.failed(route, new Error('broken'), true)).rejects.toMatchObject({ statusCode: 502 });
  expect(told).toMatchObject([{ reason: 'transient' }]);
});

test('an answer makes the next failure of its route a first one again', async () => {
  const { cooldowns, ended } = toldCooldowns();
  await tried(attemptsFor(targetM(), cooldowns), {});
  expect(ended.map((scope) => scope.split('/').length)).toEqual([1, 2, 3]);
  const later = toldCooldowns();
  const log = { warn: () => undefined } as never;
  const { signal } = new AbortController();
  const upstreams = { ...plainUpstreams(5_000), cooldowns: later.cooldowns };
  const stream = new Attempts({ target: targetM(), upstreams, log, signal, succeedsLater: true });
  const route = await stream.run(async (one) => one);
  expect(later.ended).toEqual([]);
  stream.succeeded(route);
  expect(later.ended).toHaveLength(3);
});

test('a provider without cooldown is never left out, and each key is still tried once only', async () => {
  const { cooldowns, told } = toldCooldowns();
  const target = targetM({ cooldown: false });
  const all = { k1: refused(500), k2: refused(500), k3: refused(500) };
  expect((await tried(attemptsFor(target, cooldowns, { attempts: 10 }), all)).keys).toEqual([
    'k1',
    'k2',
    'k3',
  ]);
  expect(told).toEqual([]);
});
