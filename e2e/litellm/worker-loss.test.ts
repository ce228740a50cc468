/**
 * @alone litellm
 * @long
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { Sql } from 'postgres';
import { request } from 'undici';
import { openDatabase } from '../../harness/suite/database.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { killWorker, stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { callsOf, callsUntil, countsOf, type HookCall, probed } from './hook-calls.ts';
import { ask, litellm, litellmWorker, model } from './litellm-client.ts';

/** How often a worker runs the file of the callbacks: once for each of the names that are taken from it. */
const loadsOfFile = 3;
/** As compose.yaml says, for each worker. */
const requestsBeforeRestart = 600;
/** One starts for some 20 s of processor time, beside others. */
const replacedWithinMs = 45_000;

let sql: Sql;
let scope: ScopeClient;

beforeAll(() => {
  scope = stackScope(probed);
  sql = openDatabase();
});
afterAll(async () => {
  await scope?.close();
  await sql?.end();
});

const pidsNow = async () => (await scope.workers(probed)).map(({ pid }) => pid);

async function loadsOf(pids: readonly number[]): Promise<readonly number[]> {
  const loads = await callsOf(sql, ['load']);
  return pids.map((pid) => loads.filter((call) => call.pid === pid).length);
}

/** A stream through one worker, which the provider holds after some words. */
function heldStream(worker: number) {
  const { id, mark } = newOperation({ trace: 1, tokens: 10, hold: 4 });
  const client = litellmWorker(scope.proxyFor(probed, worker));
  let hasBegun = false;
  const read = async () => {
    let text = '';
    let finish: string | null = null;
    try {
      const messages = [{ role: 'user' as const, content: `Count ${mark}` }];
      for await (const { choices } of await client.chat.completions.create({
        model,
        messages,
        stream: true,
      })) {
        text += choices[0]?.delta.content ?? '';
        finish = choices[0]?.finish_reason ?? finish;
        hasBegun ||= text !== '';
      }
      return { text, finish, broke: false };
    } catch {
      return { text, finish, broke: true };
    }
  };
  return { id, ended: read(), hasBegun: () => hasBegun };
}

// covers 000/litellm-callback
// covers 000/persistence-across-processes
test('a killed worker breaks its own streams, visibly; the others end well, and the successor loads the callbacks', async () => {
  const before = await pidsNow();
  const lost = [heldStream(1), heldStream(1)];
  const kept = [heldStream(2), heldStream(2)];
  const all = [...lost, ...kept];
  await until('every client has read something', () => all.every(({ hasBegun }) => hasBegun()), 20_000);
  await killWorker(scope, probed, 1);

  for (const { text, finish, broke } of await Promise.all(lost.map(({ ended }) => ended))) {
    expect([broke, finish]).toEqual([true, null]);
    expect(text).not.toContain('w10');
  }
  await Promise.all(lost.map(({ id }) => waitForJournal(id, 'hungup')));
  await Promise.all(kept.map(({ id }) => release(id)));
  for (const { text, finish, broke } of await Promise.all(kept.map(({ ended }) => ended)))
    expect([broke, finish, text.endsWith('w10')]).toEqual([false, 'stop', true]);

  const { id, mark } = newOperation({ trace: 1, say: 'here again' });
  const answer = await until(
    'the successor answers',
    () =>
      ask(litellmWorker(scope.proxyFor(probed, 1)), { text: `Are you there? ${mark}` }).catch(
        () => undefined,
      ),
    30_000,
  );
  expect(answer.text).toBe('here again');
  expect(before).not.toContain(answer.pid);
  expect(await loadsOf([answer.pid])).toEqual([loadsOfFile]);

  const ops = [...kept.map((stream) => stream.id), id];
  const calls = await callsUntil(sql, ops, 'async_log_success');
  for (const op of ops)
    for (const probe of ['first', 'second'] as const)
      expect(
        countsOf(
          calls.filter((call) => call.op === op),
          probe,
          ['pre_call', 'async_log_success'],
        ),
      ).toEqual({
        pre_call: 1,
        async_log_success: 1,
      });
  const ofLost = await callsOf(
    sql,
    lost.map((stream) => stream.id),
  );
  expect(ofLost.filter(({ hook }) => hook === 'pre_call').length).toBeGreaterThan(0);
  expect(ofLost.filter(({ hook }) => hook === 'async_log_success')).toEqual([]);
}, 90_000);

// covers 000/litellm-callback
test('workers that are recycled after so many requests give no wrong answer, and each answer is told of once', async () => {
  const before = await pidsNow();
  const url = `${service(probed).url}/health/liveliness`;
  const most = 4 * requestsBeforeRestart * before.length;
  let sent = 0;
  let isOver = false;
  // A connection that just arrives at a worker that leaves is reset by uvicorn. No answer is one thing, a wrong one another.
  const resets: string[] = [];
  const failed: unknown[] = [];
  const knock = async () => {
    while (!isOver && sent < most) {
      sent += 1;
      await request(url, { reset: true })
        .then(({ statusCode, body }) => {
          if (statusCode !== 200) failed.push(statusCode);
          return body.dump();
        })
        .catch(({ code, message }: { readonly code?: string; readonly message: string }) =>
          (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' ? resets : failed).push(message),
        );
    }
  };
  const asked: string[] = [];
  const chat = async () => {
    while (!isOver && sent < most) {
      const { id, mark } = newOperation({ trace: 1, say: `answer ${asked.length}` });
      const expected = `answer ${asked.length}`;
      const answer = await ask(litellm(undefined, probed), { text: `Go on ${mark}` }).catch(
        (error: unknown) => {
          if (!(error instanceof OpenAI.APIConnectionError)) throw error;
          resets.push(error.message);
        },
      );
      if (answer === undefined) continue;
      asked.push(id);
      if (answer.text !== expected) failed.push(answer.text);
    }
  };
  const knocking = [...Array.from({ length: 8 }, knock), chat()];
  try {
    await until(
      'all workers have been replaced',
      async () => {
        const now = await pidsNow();
        return now.length === before.length && now.every((pid) => !before.includes(pid));
      },
      replacedWithinMs * before.length,
    );
  } finally {
    isOver = true;
  }
  await Promise.all(knocking);
  expect(failed).toEqual([]);
  expect(resets.length).toBeLessThan(sent / 50);
  expect(asked.length).toBeGreaterThan(0);
  // A worker that leaves may take the last of what it has to tell with it (pull request 14050): of each one at most.
  const least = asked.length - before.length;
  const probes = ['first', 'second'] as const;
  const told = (calls: readonly HookCall[]) =>
    probes.map((probe) => countsOf(calls, probe, ['async_log_success']).async_log_success ?? 0);
  const calls = await until(
    'the successes are told of',
    async () => {
      const seen = await callsOf(sql, asked);
      return told(seen).every((count) => count >= least) && seen;
    },
    20_000,
  );
  for (const probe of probes)
    expect(countsOf(calls, probe, ['pre_call'])).toEqual({ pre_call: asked.length });
  for (const count of told(calls)) expect(count).toBeLessThanOrEqual(asked.length);
  const successors = [...new Set(calls.map(({ pid }) => pid))].filter((pid) => !before.includes(pid));
  expect(await loadsOf(successors)).toEqual(successors.map(() => loadsOfFile));
}, 300_000);
