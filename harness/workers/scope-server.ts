import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerConnect } from './connections/connect-front.ts';
import { ForwardFront } from './connections/forward-front.ts';
import { answerControl } from './control-api.ts';
import { Scope } from './scope.ts';
import type { ScopeSettings } from './settings.ts';

export interface StartedScope {
  readonly port: number;
  /** Continues what is stopped, closes all connections. */
  close(): Promise<void>;
}

/** Long after clients let a free connection go: one that is busy with itself for seconds must not send on a closed one. */
const keepAliveTimeout = 75_000;

/** Starts proxy and control API on one port: CONNECT and absolute-form requests are for the proxy. */
export async function startScope(settings: ScopeSettings): Promise<StartedScope> {
  const scope = new Scope(settings);
  const forward = new ForwardFront(scope);
  const tunnels = new Set<Socket>();
  const server = createServer({ noDelay: true, requestTimeout: 0, keepAliveTimeout }, (request, response) => {
    const toProxy = /^[a-z]+:\/\//i.test(request.url ?? '');
    void (toProxy ? forward.answer(request, response) : answerControl(scope, request, response));
  });
  server.on('connect', (request, socket: Socket, head) => {
    tunnels.add(socket);
    socket.on('close', () => tunnels.delete(socket)).on('error', () => undefined);
    void answerConnect(scope, request, socket, head);
  });
  const { port } = await listen(server, settings);
  return {
    port,
    close: async () => {
      scope.close();
      forward.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      for (const socket of tunnels) socket.destroy();
      await closed;
    },
  };
}

function listen(server: Server, { host, port }: ScopeSettings): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}
