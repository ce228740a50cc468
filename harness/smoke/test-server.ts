import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const servers: Server[] = [];

/** A server that answers as a test wants, and its address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address at which nobody listens: somebody did, so that it is no other's. */
export async function deserted(): Promise<string> {
  const url = await serve(() => undefined);
  const server = servers.pop();
  server?.close();
  if (server) await once(server, 'close');
  return url;
}

export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers with JSON. */
export const says =
  (body: object, status = 200): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A completion of the OpenAI API. */
export const completion = {
  id: 'c1',
  object: 'chat.completion',
  model: 'm',
  choices: [{ message: { role: 'assistant', content: 'SMOKE_PONG' } }],
  usage: { completion_tokens: 2 },
};
