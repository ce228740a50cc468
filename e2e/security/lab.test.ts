import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stackScope } from '../../harness/suite/scope.ts';
import { ask } from '../../harness/suite/security/ask.ts';
import { skip } from '../../harness/suite/skip.ts';
import { driver, service } from '../../harness/suite/stack.ts';
import { openScope, type ScopeClient } from '../../harness/workers/client.ts';

// What the lab itself could be used for, against the stack beside it or the machine below.

let scope: ScopeClient;
beforeAll(() => {
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());

/** The scope of another stack on this machine, which says that the services of this one are its own. */
async function otherScope() {
  if (driver() !== 'process') skip(`the services do not run on this machine (driver ${driver()})`);
  const { host } = new URL(service('gateway').url);
  const token = 'token-of-another-stack';
  const main = fileURLToPath(new URL('../../harness/workers/main.ts', import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '', GAUNTLET_RUN: 'another', GAUNTLET_SERVICE: 'scope' };
  const settings = { SCOPE_TOKEN: token, SCOPE_PORT: '0', SCOPE_SERVICES: JSON.stringify({ gateway: host }) };
  const child = spawn(process.execPath, [main], {
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const client = openScope(`http://127.0.0.1:${JSON.parse(line).port}`, token);
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      child.kill();
      await once(child, 'exit');
    },
  };
}

test('the scope of another stack signals no process of this one, though it knows its pid', async () => {
  await using other = await otherScope();
  const workers = await scope.workers('gateway');
  expect(workers.length).toBeGreaterThan(0);
  for (const { pid } of workers) {
    for (const act of ['stop', 'term', 'kill'] as const) {
      await expect(other.client[act]('gateway', `p${pid}`)).rejects.toMatchObject({
        code: 'GNT_FOREIGN_PID',
      });
    }
    await expect(other.client.residentBytes('gateway', `p${pid}`)).rejects.toMatchObject({
      code: 'GNT_FOREIGN_PID',
    });
  }
  await expect(other.client.kill('gateway', 1)).rejects.toMatchObject({
    code: expect.stringMatching(/^GNT_/),
  });
  const after = await scope.workers('gateway');
  expect(after.map(({ pid, state }) => [pid, state])).toEqual(workers.map(({ pid }) => [pid, 'running']));
});

test('the scope signals no process that is not a service of its stack: not this one, not the first of the machine', async () => {
  for (const pid of [process.pid, process.ppid, 1]) {
    await expect(scope.stop('gateway', `p${pid}`)).rejects.toMatchObject({
      code: expect.stringMatching(/^GNT_(?:FOREIGN_PID|NO_SUCH_WORKER)$/),
    });
  }
});

test('without the token the scope tells nothing but that it is there', async () => {
  const origin = service('scope').url;
  expect((await ask('/health', { origin })).json).toEqual({ status: 'ok' });
  for (const key of [undefined, '', 'gauntlet', 'token']) {
    for (const path of [
      '/workers',
      '/workers?service=gateway',
      '/owner?service=gateway&port=1',
      '/nothing',
    ]) {
      const { status, text } = await ask(path, { origin, key });
      expect([path, status]).toEqual([path, 401]);
      expect(text).not.toMatch(/"pid"|"workers":\[\{/);
    }
    const killing = await ask('/workers/gateway/w1/kill', { origin, key, method: 'POST' });
    expect(killing.status).toBe(401);
  }
});

test('the scope opens connections to services of the stack alone', async () => {
  for (const [name, worker] of [
    ['127.0.0.1', 1],
    ['example.com', 1],
    ['metadata', 1],
  ] as const) {
    await expect(scope.workerClient(name, worker).get('/')).rejects.toMatchObject({
      code: expect.stringMatching(/^GNT_/),
    });
  }
});
