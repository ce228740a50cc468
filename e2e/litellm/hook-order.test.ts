import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { openDatabase } from '../../harness/suite/database.ts';
import { journalOf } from '../../harness/suite/journal.ts';
import { service } from '../../harness/suite/stack.ts';
import {
  callsOf,
  callsUntil,
  countsOf,
  type HookCall,
  inOrder,
  probed,
  type Traced,
  traced,
} from './hook-calls.ts';

const probes = ['first', 'second'] as const;
const ends = ['async_log_success', 'async_log_failure', 'post_failure'] as const;

let sql: Sql;
let whole: Traced;
let streamed: Traced;
let refused: Traced;
let wrong: Traced;
let fallenBack: Traced;
let brokenOff: Traced;
let calls: ReadonlyMap<string, readonly HookCall[]>;

/** One request of each kind, all at once. */
beforeAll(async () => {
  service(probed);
  sql = openDatabase();
  [whole, streamed, refused, wrong, fallenBack, brokenOff] = await Promise.all([
    traced({ say: 'a whole answer' }),
    traced({ tokens: 6 }, { streamed: true }),
    traced({ probe: 'refuse' }),
    traced({ status: 400 }),
    traced({ say: 'from another' }, { model: 'scripted-absent' }),
    traced({ tokens: 6, error: 4 }, { streamed: true }),
  ]);
  const good = [whole, streamed, fallenBack].map(({ id }) => id);
  const bad = [refused, wrong, brokenOff].map(({ id }) => id);
  await Promise.all([
    callsUntil(sql, good, 'async_log_success'),
    callsUntil(sql, bad, 'async_log_failure'),
    callsUntil(sql, bad, 'post_failure'),
  ]);
  calls = Map.groupBy(await callsOf(sql, [...good, ...bad]), ({ op }) => op);
});
afterAll(() => sql?.end());

const of = ({ id }: Traced) => calls.get(id) ?? [];

// covers 000/litellm-callback
test('around a whole answer every hook is called once and in its order, for both callbacks', () => {
  expect([whole.status, whole.text]).toEqual([200, 'a whole answer']);
  const order = [
    'pre_call',
    'pre_deployment',
    'log_pre_api_call',
    'deployment_success',
    'post_success',
    'headers',
  ];
  expect(probes.map((probe) => inOrder(of(whole), probe))).toEqual([order, order]);
  for (const probe of probes) {
    expect(countsOf(of(whole), probe, [...ends, 'moderation'])).toEqual({
      async_log_success: 1,
      async_log_failure: 0,
      post_failure: 0,
      moderation: 1,
    });
  }
});

// covers 000/litellm-callback
// covers 000/upstream-streaming
test('around a stream the iterator hooks are called once, its end comes last, and no hook of whole answers', () => {
  expect([streamed.status, streamed.text]).toEqual([200, 'w1 w2 w3 w4 w5 w6']);
  const order = ['pre_call', 'pre_deployment', 'log_pre_api_call', 'headers', 'iterator', 'iterator_end'];
  expect(probes.map((probe) => inOrder(of(streamed), probe))).toEqual([order, order]);
  for (const probe of probes)
    expect(countsOf(of(streamed), probe, ends)).toEqual({
      async_log_success: 1,
      async_log_failure: 0,
      post_failure: 0,
    });
});

// covers 000/litellm-callback
test('of two iterator hooks the first one stands next to the provider: it ends before the second', () => {
  const around = of(streamed).filter(({ hook }) => hook === 'iterator_end');
  expect(around.map(({ probe }) => probe)).toEqual(['first', 'second']);
});

// covers 000/upstream-streaming
test('the hook of chunks sees the text grow to the whole, nothing twice', () => {
  for (const probe of probes) {
    const seen = of(streamed).flatMap((call) =>
      call.probe === probe && call.hook === 'chunk' ? [call.detail] : [],
    );
    expect(seen.at(-1)).toBe('w1 w2 w3 w4 w5 w6');
    const shrunk = seen.filter((text, at) => at > 0 && !text.startsWith(seen[at - 1] ?? ''));
    expect(shrunk).toEqual([]);
  }
});

// covers 000/litellm-callback
test('what the loggers are told of an answer is the whole text, streamed or not', () => {
  const told = (request: Traced) =>
    of(request).flatMap(({ hook, detail }) => (hook === 'async_log_success' ? [detail] : []));
  expect(told(whole)).toEqual(['a whole answer', 'a whole answer']);
  expect(told(streamed)).toEqual(['w1 w2 w3 w4 w5 w6', 'w1 w2 w3 w4 w5 w6']);
});

// covers 000/litellm-callback
test('after a refusal no later callback and no provider is asked, and both are told of the failure once', async () => {
  expect(refused.status).toBe(422);
  expect(await journalOf(refused.id)).toEqual([]);
  const asked = [
    'pre_call',
    'moderation',
    'pre_deployment',
    'async_log_failure',
    'post_failure',
    'headers',
  ] as const;
  const told = { moderation: 0, pre_deployment: 0, async_log_failure: 1, post_failure: 1, headers: 1 };
  expect(countsOf(of(refused), 'first', asked)).toEqual({ ...told, pre_call: 1 });
  expect(countsOf(of(refused), 'second', asked)).toEqual({ ...told, pre_call: 0 });
  expect(countsOf(of(refused), 'guardrail', ['pre_call', 'moderation', 'post_success'])).toEqual({
    pre_call: 0,
    moderation: 0,
    post_success: 0,
  });
});

// covers 000/litellm-callback
test('an error of the provider is one failed deployment and one failed request', async () => {
  expect(wrong.status).toBe(400);
  expect(await journalOf(wrong.id)).toHaveLength(1);
  const order = [
    'pre_call',
    'pre_deployment',
    'log_pre_api_call',
    'deployment_failure',
    'post_failure',
    'headers',
  ];
  expect(probes.map((probe) => inOrder(of(wrong), probe))).toEqual([order, order]);
  for (const probe of probes)
    expect(countsOf(of(wrong), probe, ends)).toEqual({
      async_log_success: 0,
      async_log_failure: 1,
      post_failure: 1,
    });
});

// covers 000/litellm-callback
test('a request that falls back is one request: each attempt has its deployment hooks, and its success is told once', () => {
  expect([fallenBack.status, fallenBack.text]).toEqual([200, 'from another']);
  const hooks = [
    ...(['pre_call', 'pre_deployment', 'deployment_failure', 'deployment_success'] as const),
    ...(['fallback_success', 'post_success', 'post_failure', 'async_log_success'] as const),
  ];
  for (const probe of probes) {
    expect(countsOf(of(fallenBack), probe, hooks)).toEqual({
      pre_call: 1,
      // Two retries, and the model that it falls back to.
      pre_deployment: 4,
      deployment_failure: 3,
      deployment_success: 1,
      fallback_success: 1,
      post_success: 1,
      post_failure: 0,
      async_log_success: 1,
    });
  }
});

// covers 000/litellm-callback
// covers 000/upstream-streaming
test('a stream that the provider breaks off is a failure to the callbacks, and never a success', () => {
  expect(brokenOff.text).not.toBe('w1 w2 w3 w4 w5 w6');
  expect(brokenOff.stream.data).not.toContain('[DONE]');
  expect(brokenOff.error).not.toBe('');
  for (const probe of probes)
    expect(countsOf(of(brokenOff), probe, [...ends, 'iterator_end'])).toEqual({
      async_log_success: 0,
      async_log_failure: 1,
      post_failure: 1,
      iterator_end: 0,
    });
});

// covers 000/litellm-callback
test('a guardrail is asked before, beside and after the call, once each', () => {
  const once = { pre_call: 1, moderation: 1, post_success: 1 };
  for (const request of [whole, streamed, fallenBack])
    expect(countsOf(of(request), 'guardrail', ['pre_call', 'moderation', 'post_success'])).toEqual(once);
});
