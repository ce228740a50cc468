import { once } from 'node:events';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from './needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'needs-'));
let server: Server;
let asked: string[] = [];

/** A gateway of the user that has chat completions and nothing else. */
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const known = request.url === '/v1/chat/completions';
    response.writeHead(known ? 422 : 404).end(known ? 'no messages' : 'nothing here');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = { gateway: { state: 'remote', from: 'url', url } };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify({ driver: 'remote', services }));
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  process.env.GAUNTLET_STACK = join(folder, 'stack.json');
  process.env.GAUNTLET_FEATURES = mkdtempSync(join(folder, 'features-'));
  delete process.env.GAUNTLET_REQUIRE;
  asked = [];
});

test('a feature that is offered lets the test run, and is asked for once a run', async () => {
  await needs('chat');
  const first = asked.length;
  await needs('chat');
  expect(first).toBeGreaterThan(0);
  expect(asked).toHaveLength(first);
  expect(readdirSync(process.env.GAUNTLET_FEATURES ?? '')).toEqual(['chat.json']);
});

test('one that is not offered skips the test with what was answered', async () => {
  await expect(needs('chat', 'messages')).rejects.toMatchObject({
    name: 'SkipError',
    skipClass: 'not_offered',
    message:
      'the gateway in this stack does not offer messages: POST /v1/messages was answered with 404 nothing here',
  });
});

test('one that is required and not offered fails the test with what was answered', async () => {
  process.env.GAUNTLET_REQUIRE = 'responses,messages';
  await expect(needs('messages')).rejects.toMatchObject({
    name: 'Error',
    message: expect.stringMatching(/^--require messages: .*answered with 404 nothing here$/),
  });
  await expect(needs('embeddings')).rejects.toMatchObject({ name: 'SkipError' });
});
