/** @alone */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { restartService } from '../../harness/suite/restart.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service, setting } from '../../harness/suite/stack.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { firstTwoWorkers, model } from './litellm-client.ts';

// The reference callback of context-compiler for LiteLLM, as its package brings it. It says of itself that it keeps what it
// knows in one process: these tests show what that means, and will tell when it is otherwise. They need a LiteLLM with it:
// LITELLM_CONFIG=bugs/context-compiler-hook/config.yaml

let scope: ScopeClient;
let first: OpenAI;
let second: OpenAI;

beforeAll(async () => {
  const config = setting('LITELLM_CONFIG');
  if (!config.includes('context-compiler-hook')) skip(`${config} has another callback`, 'missing_env');
  scope = stackScope('litellm');
  connect();
});
afterAll(() => scope?.close());

function connect(): void {
  [first, second] = firstTwoWorkers(scope, 'litellm');
}

/** One turn of a session. */
async function say(client: OpenAI, session: string, content: string): Promise<string> {
  const asked = {
    model,
    context_compiler_mode: 'persistent',
    metadata: { context_compiler_session_key: session },
    messages: [{ role: 'user' as const, content }],
  };
  return (await client.chat.completions.create(asked)).choices[0]?.message.content ?? '';
}

/** What the callback puts before a question comes back as its answer. */
async function prohibited(client: OpenAI, session: string): Promise<readonly string[]> {
  const told = await say(client, session, 'What holds? [[echo=system]]');
  expect(told).toContain('Host policy contract');
  const [, items = ''] = /prohibited items: (.*)\./.exec(told) ?? [];
  return items.split(', ').filter(Boolean);
}

// covers 000/litellm-callback
// covers 000/persistence-across-processes
test('what a session said to one worker is put before the model there, and the other worker knows nothing of it', async () => {
  const session = randomUUID();
  await say(first, session, 'prohibit peanuts');
  expect(await prohibited(first, session)).toEqual(['peanuts']);
  expect(await prohibited(second, session)).toEqual([]);
  await say(second, session, 'prohibit shellfish');
  expect(await prohibited(second, session)).toEqual(['shellfish']);
  const refused = say(first, session, 'use tofu instead of beef');
  await expect(refused).rejects.toMatchObject({ status: 400 });
  expect(await prohibited(first, session)).toEqual(['peanuts']);
});

// covers 000/litellm-concurrency
test('50 sessions at once are not mixed up, and of 50 steps of one at once each worker keeps its own half', async () => {
  const sessions = Array.from({ length: 50 }, (_, at) => ({
    session: randomUUID(),
    item: `tool ${100 + at}`,
  }));
  await Promise.all(sessions.map(({ session, item }) => say(first, session, `prohibit ${item}`)));
  const known = await Promise.all(sessions.map(({ session }) => prohibited(first, session)));
  expect(known).toEqual(sessions.map(({ item }) => [item]));

  const one = randomUUID();
  const halves = [first, second];
  const steps = sessions.map(({ item }, at) => say(halves[at % 2] ?? first, one, `prohibit ${item}`));
  await Promise.all(steps);
  const half = (rest: number) => sessions.flatMap(({ item }, at) => (at % 2 === rest ? [item] : []));
  expect(await prohibited(first, one)).toEqual(half(0));
  expect(await prohibited(second, one)).toEqual(half(1));
});

// covers 000/litellm-callback
// covers 000/non-in-memory-deployment
test('after a restart nothing is known any more', async () => {
  if (service('litellm').remote) skip('litellm runs elsewhere');
  const session = randomUUID();
  await say(first, session, 'prohibit peanuts');
  expect(await prohibited(first, session)).toEqual(['peanuts']);
  await restartService('litellm');
  connect();
  expect(await Promise.all([prohibited(first, session), prohibited(second, session)])).toEqual([[], []]);
}, 400_000);
