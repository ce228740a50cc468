import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { hasMemoryOfStack, needsOneMemory } from './one-stack.ts';

type Store = Map<string, { readonly id: string; readonly full_text: string }[]>;

/** The memories of the stack's service, and those of the gateway: the same or its own. */
const stacks: Store = new Map();
let gateways: Store;
/** The status of its route for memories, if not 200. */
let refusal: number | undefined;
const servers: Server[] = [];

async function serve(answer: (request: IncomingMessage, body: string) => readonly [number, object]) {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const [status, body] = answer(request, text);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function learn(store: Store, user: string, text: string) {
  const memory = { id: `mem_${randomUUID()}`, full_text: text };
  store.set(user, [memory, ...(store.get(user) ?? [])]);
  return { memories_saved: [memory] };
}

const listOf = (store: Store, { url = '' }: IncomingMessage) => ({
  memories: store.get(new URL(url, 'http://x').searchParams.get('user_id') ?? '') ?? [],
});

beforeAll(async () => {
  const memory = await serve((request, body) => {
    if (request.method === 'GET') return [200, listOf(stacks, request)];
    const { user_id: user, conversation } = JSON.parse(body);
    return [200, learn(stacks, user, conversation[0].content)];
  });
  const gateway = await serve((request, body) => {
    if (request.method === 'GET') return refusal ? [refusal, {}] : [200, listOf(gateways, request)];
    const { user_id: user, messages } = JSON.parse(body);
    learn(gateways, user, messages[0].content);
    return [200, { choices: [] }];
  });
  const path = join(mkdtempSync(join(tmpdir(), 'one-stack-')), 'stack.json');
  const services = {
    gateway: { state: 'remote', from: 'url', url: gateway },
    memory: { state: 'healthy', from: 'package', url: memory },
  };
  writeFileSync(path, JSON.stringify({ driver: 'process', services }));
  process.env.GAUNTLET_STACK = path;
});
afterAll(() => {
  for (const server of servers) server.close();
});
beforeEach(() => {
  gateways = new Map();
  refusal = undefined;
});

test('a gateway that lists what the memory service was told is of one stack with it', async () => {
  gateways = stacks;
  expect(await hasMemoryOfStack()).toBe(true);
});

test('a gateway that lists other memories has a service of its own, and what needs one of both is skipped', async () => {
  expect(await hasMemoryOfStack()).toBe(false);
  await expect(needsOneMemory()).rejects.toMatchObject({
    name: 'SkipError',
    message: expect.stringContaining('they keep different memories'),
  });
});

test('without a route for memories it is told by what a chat leaves in the memory service', async () => {
  refusal = 404;
  expect(await hasMemoryOfStack(200)).toBe(false);
  gateways = stacks;
  expect(await hasMemoryOfStack(2_000)).toBe(true);
});

test('a route for memories that fails excuses nothing', async () => {
  refusal = 502;
  expect(await hasMemoryOfStack()).toBe(true);
});
