import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { openSocket, refusedUpgrade } from './response-socket.ts';
import { startGateway } from './test-gateway.ts';

let server: Server;
/** What the gateway does with a message. */
let hear: (message: string, socket: WebSocket) => void = () => undefined;
let takesAll = false;
beforeAll(async () => {
  server = await startGateway((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  const upgraded = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n';
  server.on('upgrade', (request, socket, head) => {
    if (request.headers.authorization !== 'Bearer sk-good') {
      socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    if (takesAll) {
      socket.write(upgraded);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (made) => {
      made.on('message', (data) => hear(String(data), made));
    });
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const key = 'sk-good';
const say = (socket: WebSocket, ...types: readonly string[]) => {
  for (const type of types) socket.send(JSON.stringify({ type }));
};

test('a turn is all events up to its end, and the next one begins behind it', async () => {
  hear = (_message, socket) =>
    say(socket, 'response.created', 'response.completed', 'response.created', 'error');
  const socket = await openSocket({ key });
  socket.send({ type: 'response.create' });
  expect((await socket.turn()).map(({ type }) => type)).toEqual(['response.created', 'response.completed']);
  expect((await socket.turn()).map(({ type }) => type)).toEqual(['response.created', 'error']);
  socket.close();
});

test('what is sent is JSON, unless it is a text or bytes', async () => {
  const heard: string[] = [];
  hear = (message, socket) => {
    heard.push(message);
    if (heard.length === 3) say(socket, 'error');
  };
  const socket = await openSocket({ key });
  socket.send({ type: 'a' });
  socket.send('{"type"');
  socket.send(Buffer.from('c'));
  await socket.turn();
  expect(heard).toEqual(['{"type":"a"}', '{"type"', 'c']);
  socket.drop();
});

test('a frame that is no event is one of no known type', async () => {
  hear = (_message, socket) => socket.send('event: x\ndata: {}');
  const socket = await openSocket({ key });
  socket.send('x');
  expect((await socket.next()).type).toMatch(/^no event: event: x/);
  socket.drop();
});

test('who waits for an event learns that the socket was closed, and why', async () => {
  hear = (_message, socket) => socket.close(1012, 'going down');
  const socket = await openSocket({ key });
  socket.send('x');
  await expect(socket.next()).rejects.toThrow('the socket was closed: 1012 going down');
  expect(await socket.closed).toEqual({ code: 1012, reason: 'going down' });
});

test('pings go both ways', async () => {
  hear = (_message, socket) => {
    socket.ping();
    say(socket, 'error');
  };
  const socket = await openSocket({ key });
  await socket.ping();
  expect(socket.pings).toBe(0);
  socket.send('x');
  await socket.turn();
  expect(socket.pings).toBe(1);
  socket.drop();
});

test('an upgrade that is refused rejects with its status', async () => {
  await expect(openSocket({ key: 'sk-bad' })).rejects.toThrow('the upgrade was answered with 401');
});

test('a version that nobody speaks is refused with a status, and a server that takes it is told of', async () => {
  expect(await refusedUpgrade({ key })).toBe(400);
  expect(await refusedUpgrade({ key: 'sk-bad' })).toBe(401);
  takesAll = true;
  await expect(refusedUpgrade({ key })).rejects.toThrow('the upgrade was not refused');
});
