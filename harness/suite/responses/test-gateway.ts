import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A gateway for one test file, which the suites' own clients then find in the stack. */
export async function startGateway(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const path = join(mkdtempSync(join(tmpdir(), 'gateway-')), 'stack.json');
  const services = { gateway: { state: 'remote', from: 'url', url } };
  writeFileSync(path, JSON.stringify({ runId: 'abc', driver: 'remote', services, variables: {} }));
  process.env.GAUNTLET_STACK = path;
  return server;
}
