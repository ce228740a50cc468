import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axios from 'axios';
import OpenAI from 'openai';
import { request } from 'undici';
import { openScope, type WorkerProxy, type WorkerRef } from './client.ts';
import { startTestStack, type TestStack, workersBack } from './test-stack.ts';

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

/** Five rounds of ten requests at once: kept connections and fresh ones. The pids that answered. */
async function fiftyTimes(ask: () => Promise<number>): Promise<ReadonlySet<number>> {
  const pids: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    pids.push(...(await Promise.all(Array.from({ length: 10 }, ask))));
  }
  expect(pids).toHaveLength(50);
  return new Set(pids);
}

describeOnLinux('the scope in front of node:cluster (needs /proc, so Linux)', () => {
  let stack: TestStack;
  let third: number;
  let primary: WorkerRef;
  let proxy: WorkerProxy;

  beforeAll(async () => {
    stack = await startTestStack({ subject: 4, single: 1 });
    primary = `p${stack.primaries.subject ?? 0}`;
    third = (await stack.scope.workers('subject'))[2]?.pid ?? 0;
    proxy = stack.scope.proxyFor('subject', 3);
  }, 60_000);

  afterAll(async () => {
    await stack?.stop();
  });

  test('lists the workers, numbered, and not their primary', async () => {
    const workers = await stack.scope.workers('subject');
    expect(workers.map(({ name }) => name)).toEqual(['w1', 'w2', 'w3', 'w4']);
    expect(workers.map(({ pid }) => pid)).not.toContain(stack.primaries.subject);
    expect(new Set(workers.map(({ pid }) => pid)).size).toBe(4);
  });

  test('tells the memory of a worker', async () => {
    const bytes = await stack.scope.residentBytes('subject', 2);
    // Node alone takes some 30 MB.
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(bytes).toBeLessThan(1_000_000_000);
    await expect(stack.scope.residentBytes('subject', 9)).rejects.toMatchObject({
      code: 'GNT_NO_SUCH_WORKER',
    });
  });

  test('keeps free connections long after a busy client would have let them go', async () => {
    const { headers, body } = await request(`${stack.url}/health`);
    await body.dump();
    expect(headers['keep-alive']).toBe('timeout=75');
  });

  test('axios stays with its worker by the proxy option', async () => {
    const ask = async () => (await axios.get(`${proxy.baseUrl}/`, { proxy: proxy.axiosProxy })).data.pid;
    expect(await fiftyTimes(ask)).toEqual(new Set([third]));
  });

  test('axios stays with its worker by the agent', async () => {
    const url = `http://127.0.0.1:${stack.ports.subject}/`;
    const ask = async () => (await axios.get(url, { httpAgent: proxy.agent, proxy: false })).data.pid;
    expect(await fiftyTimes(ask)).toEqual(new Set([third]));
  });

  test('undici stays with its worker', async () => {
    const ask = async () => {
      const { body } = await request(`${proxy.baseUrl}/`, { dispatcher: proxy.dispatcher });
      return ((await body.json()) as { pid: number }).pid;
    };
    expect(await fiftyTimes(ask)).toEqual(new Set([third]));
  });

  test('the openai client stays with its worker', async () => {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${proxy.baseUrl}/v1`, ...proxy.sdkOptions });
    const messages = [{ role: 'user' as const, content: 'which process are you?' }];
    const ask = async () => {
      const answer = await client.chat.completions.create({ model: 'pid', messages });
      return Number(answer.choices[0]?.message.content);
    };
    expect(await fiftyTimes(ask)).toEqual(new Set([third]));
  });

  test('the anthropic client stays with its worker', async () => {
    const client = new Anthropic({ apiKey: 'none', baseURL: proxy.baseUrl, ...proxy.sdkOptions });
    const messages = [{ role: 'user' as const, content: 'which process are you?' }];
    const ask = async () => {
      const answer = await client.messages.create({ model: 'pid', max_tokens: 8, messages });
      return answer.content[0]?.type === 'text' ? Number(answer.content[0].text) : 0;
    };
    expect(await fiftyTimes(ask)).toEqual(new Set([third]));
  });

  test('an answer names its worker, and any worker may be asked for', async () => {
    const url = 'http://subject/';
    const { headers, data } = await axios.get(url, { proxy: proxy.axiosProxy });
    expect(headers['x-gauntlet-pid']).toBe(String(data.pid));
    expect(headers['x-gauntlet-worker']).toMatch(/^w[1-4]$/);
    const answer = await stack.scope.workerClient('subject', `p${third}`).get('/');
    expect(answer).toMatchObject({ status: 200, worker: 'w3', pid: third });
  });

  test('an upgraded connection passes unchanged, with its half-close', async () => {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const headers = { connection: 'Upgrade', upgrade: 'echo' };
      const sent = get({ agent: proxy.agent, path: '/', headers });
      sent.on('error', reject).on('upgrade', (_response, upgraded) => resolve(upgraded as Socket));
    });
    const payload = Buffer.alloc(200_000, 'frame ');
    socket.end(payload);
    expect(payload.equals(await buffer(socket))).toBe(true);
  });

  test('the owner of a connection that the scope did not open is found', async () => {
    const socket = connect({ port: stack.ports.subject ?? 0, host: '127.0.0.1' });
    await once(socket, 'connect');
    const { port, address } = socket.address() as AddressInfo;
    const owner = await stack.scope.ownerOf('subject', port, address);
    socket.write('GET / HTTP/1.1\r\nhost: subject\r\nconnection: close\r\n\r\n');
    expect((await buffer(socket)).toString()).toContain(`{"pid":${owner.pid}}`);
  });

  test('a stopped worker is continued when its time is over; a new connection to it is refused meanwhile', async () => {
    const kept = stack.scope.workerClient('subject', 4);
    const { pid } = await kept.get('/');
    const stopped = await stack.scope.stop('subject', 4, { revertAfterMs: 300 });
    expect(stopped).toMatchObject({ pid, state: 'stopped' });
    const fresh = stack.scope.workerClient('subject', 4).get('/');
    await expect(fresh).rejects.toMatchObject({ code: 'GNT_WORKER_STOPPED' });
    expect(await kept.get('/')).toMatchObject({ pid });
    expect((await stack.scope.workers('subject'))[3]).toMatchObject({ pid, state: 'running' });
  });

  test('a killed worker is a coded error until it is respawned, and its index comes back to the new one', async () => {
    const before = await stack.scope.workers('subject');
    await stack.scope.stop('subject', primary);
    const killed = await stack.scope.kill('subject', 2);
    expect(killed).toMatchObject({ pid: before[1]?.pid, index: 2, state: 'gone' });
    expect(killed.startTicks).toBe(before[1]?.startTicks);
    const asked = stack.scope.workerClient('subject', 2).get('/');
    await expect(asked).rejects.toMatchObject({ code: 'GNT_NO_SUCH_WORKER', status: 404 });
    await stack.scope.continue('subject', primary);
    const after = await workersBack(stack.scope, 'subject', 4);
    expect(after[1]?.pid).not.toBe(before[1]?.pid);
    expect(after.toSpliced(1, 1)).toEqual(before.toSpliced(1, 1));
    expect(await stack.scope.workerClient('subject', 2).get('/')).toMatchObject({ pid: after[1]?.pid });
  });

  test('the state of a process is told by pid and start time, and another one with its pid is not it', async () => {
    const [first] = await stack.scope.workers('subject');
    const { pid = 0, startTicks = 0 } = first ?? {};
    expect(await stack.scope.stateOf('subject', { pid, startTicks })).toBe('running');
    expect(await stack.scope.stateOf('subject', { pid, startTicks: startTicks - 1 })).toBe('gone');
    expect(await stack.scope.stateOf('subject', { pid: process.pid, startTicks })).toBe('gone');
    await expect(stack.scope.stateOf('nobody', { pid, startTicks })).rejects.toMatchObject({
      code: 'GNT_UNKNOWN_SERVICE',
    });
  });

  test('a worker that dies while a connection to it is opened is a coded error, not a hang', async () => {
    // A stopped primary accepts nothing, so the connect is still under way when the worker dies.
    await stack.scope.stop('subject', primary);
    const asked = stack.scope.workerClient('subject', 1).get('/');
    const [died] = await Promise.allSettled([asked, stack.scope.kill('subject', 1)]);
    expect(died).toMatchObject({ status: 'rejected' });
    const { code } = (died as PromiseRejectedResult).reason;
    expect(['GNT_WORKER_DIED', 'GNT_NO_SUCH_WORKER']).toContain(code);
    await stack.scope.continue('subject', primary);
    await workersBack(stack.scope, 'subject', 4);
  });

  test('a process of another run is not touched', async () => {
    const foreign = `p${process.pid}` as const;
    await expect(stack.scope.stop('subject', foreign)).rejects.toMatchObject({
      code: 'GNT_FOREIGN_PID',
      status: 403,
    });
  });

  test('a client without the token is refused, by the API and by both kinds of proxy request', async () => {
    const stranger = openScope(stack.url, 'another token');
    await expect(stranger.workers('subject')).rejects.toMatchObject({ code: 'GNT_SCOPE_TOKEN', status: 401 });
    await expect(stranger.workerClient('subject', 1).get('/')).rejects.toMatchObject({ status: 407 });
    const { axiosProxy, baseUrl, agent } = stranger.proxyFor('subject', 1);
    const forwarded = axios.get(baseUrl, { proxy: axiosProxy });
    await expect(forwarded).rejects.toMatchObject({ response: { status: 407 } });
    expect(agent).toBeInstanceOf(Agent);
    await stranger.close();
  });

  test('a service or a worker that is not there is a coded error', async () => {
    const { scope } = stack;
    await expect(scope.workers('nobody')).rejects.toMatchObject({ code: 'GNT_UNKNOWN_SERVICE' });
    await expect(scope.workerClient('nobody', 1).get('/')).rejects.toMatchObject({
      code: 'GNT_UNKNOWN_SERVICE',
    });
    await expect(scope.workerClient('subject', 5).get('/')).rejects.toMatchObject({
      code: 'GNT_NO_SUCH_WORKER',
    });
    await expect(scope.workerClient('single', 2).get('/')).rejects.toMatchObject({
      code: 'GNT_SINGLE_WORKER',
    });
    expect((await scope.workerClient('single', 1).get('/')).worker).toBe('w1');
  });
});
