import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { features } from './feature.ts';
import { probe, unknownPath } from './probe.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Reply = readonly [status: number, body: string];

/** A server that knows these routes by method and path, and answers everything else in one way. */
const serveRoutes = (routes: Readonly<Record<string, Reply>>, unknown: (path: string) => Reply) =>
  serve((request, response) => {
    const path = request.url ?? '';
    const [status, body] = routes[`${request.method} ${path}`] ?? unknown(path);
    response.writeHead(status).end(body);
  });

const detail = (text: string) => JSON.stringify({ detail: text });
const fastapi = (): Reply => [404, detail('Not Found')];

test('a route that is answered like one that nobody has is not offered, and the answer is told', async () => {
  const url = await serveRoutes({}, fastapi);
  expect(await probe(url, features.responses)).toEqual({
    offered: false,
    said: 'POST /v1/responses was answered with 404 {"detail":"Not Found"}',
  });
});

test('the path, ids and times in an answer make no difference', async () => {
  let count = 0;
  const url = await serveRoutes({}, (path) => [
    404,
    `no ${path} at 12:00:0${count++}, request req-a${count}b`,
  ]);
  expect((await probe(url, features['provider-metrics'])).offered).toBe(false);
});

test('a route that refuses the request of the probe is offered', async () => {
  const url = await serveRoutes({ 'POST /v1/responses': [422, detail('input: field required')] }, fastapi);
  expect((await probe(url, features.responses)).offered).toBe(true);
});

test('a route whose model is unknown is offered, although that is a 404 as well', async () => {
  const url = await serveRoutes({ 'POST /v1/responses': [404, detail('The model does not exist')] }, fastapi);
  expect((await probe(url, features.responses)).offered).toBe(true);
});

test('a route that is there for another method only is not offered', async () => {
  const url = await serveRoutes({ 'POST /v1/embeddings': [405, detail('Method Not Allowed')] }, fastapi);
  expect((await probe(url, features.embeddings)).offered).toBe(false);
});

test('an unknown item that is answered like an unknown route is told from it by a method that the route lacks', async () => {
  const path = '/v1/debug/stream/gauntlet-unknown';
  const url = await serveRoutes({ [`PUT ${path}`]: [405, detail('Method Not Allowed')] }, fastapi);
  expect((await probe(url, features.debug)).offered).toBe(true);
});

test('a server that takes every unknown path for its front page offers nothing by that', async () => {
  const url = await serveRoutes({}, () => [200, '<html>our page</html>']);
  expect((await probe(url, features.metrics)).offered).toBe(false);
});

test('a server that wants a key for every path, or fails at every path, is taken to offer all', async () => {
  const locked = await serveRoutes({}, () => [401, 'who are you?']);
  expect((await probe(locked, features.chat)).offered).toBe(true);
  server?.close();
  const broken = await serveRoutes({}, () => [503, 'starting']);
  expect((await probe(broken, features.chat)).offered).toBe(true);
});

test('an event stream that says nothing is an answer by its head', async () => {
  const url = await serve((request, response) => {
    if (request.url?.startsWith('/v1/debug/stream/')) response.writeHead(200).flushHeaders();
    else response.writeHead(404).end();
  });
  expect((await probe(url, features.debug)).offered).toBe(true);
});

test('a WebSocket is offered by a server that switches to it, not by one that answers with anything else', async () => {
  const refusing = await serveRoutes({ 'GET /v1/responses': [426, 'no upgrade here'] }, fastapi);
  expect(await probe(refusing, features['responses-websocket'])).toEqual({
    offered: false,
    said: 'GET /v1/responses as a WebSocket was answered with 426 no upgrade here',
  });
  server?.close();
  const switching = await serve((_, response) => response.writeHead(404).end());
  server?.on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  expect((await probe(switching, features['responses-websocket'])).offered).toBe(true);
});

test('a server that does not answer is an error, not a lack', async () => {
  const url = await serve((request) => request.socket.destroy());
  await expect(probe(url, features.chat)).rejects.toThrow();
});

test('the unknown route stands beside the known one', () => {
  expect(unknownPath('/v1/responses')).toBe('/v1/gauntlet-no-such-route');
  expect(unknownPath('/v1/debug/stream/gauntlet-unknown')).toBe(
    '/v1/debug/gauntlet-no-such-route/gauntlet-unknown',
  );
});
