import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { carriesToken } from '../access.ts';
import { type Worker, workerName } from '../processes/worker-register.ts';
import { parseProxyTarget } from '../proxy-target.ts';
import type { Scope } from '../scope.ts';
import { asScopeError, errorBody, ScopeError } from '../scope-error.ts';
import { joinSockets } from './tunnel.ts';

/** What an answer says about the worker that gave it. */
export const workerHeaders = (worker: Worker): Record<string, string> => ({
  'x-gauntlet-worker': workerName(worker),
  'x-gauntlet-pid': String(worker.pid),
});

/** `x-gauntlet-force: stop-others` allows the last resort. */
export const mayStopOthers = (request: IncomingMessage): boolean =>
  request.headers['x-gauntlet-force'] === 'stop-others';

/** Answers CONNECT (RFC 9110 §9.3.6): a tunnel to the worker that the authority names. */
export async function answerConnect(
  scope: Scope,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController();
  const onGone = () => gone.abort();
  client.on('close', onGone).on('error', onGone);
  try {
    if (!carriesToken(request.headers['proxy-authorization'], scope.settings.token)) {
      throw new ScopeError('GNT_SCOPE_TOKEN', 'The proxy request does not carry the token of this run.');
    }
    const target = parseProxyTarget(request.url ?? '');
    const options = { stopOthers: mayStopOthers(request), signal: gone.signal };
    const { socket, worker } = await scope.connect(target, options);
    if (client.destroyed) return void socket.destroy();
    client.off('close', onGone).off('error', onGone);
    joinSockets(client, socket, head);
    client.write(`HTTP/1.1 200 Connection established\r\n${headerLines(workerHeaders(worker))}\r\n`);
  } catch (error) {
    if (!client.destroyed) client.end(refusal(asScopeError(error)));
  }
}

function refusal(error: ScopeError): string {
  const status = error.code === 'GNT_SCOPE_TOKEN' ? 407 : error.status;
  const body = errorBody(error);
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-gauntlet-error': error.code,
    connection: 'close',
    ...(status === 407 ? { 'proxy-authenticate': 'Basic realm="gauntlet scope"' } : {}),
  };
  return `HTTP/1.1 ${status} ${error.code}\r\n${headerLines(headers)}\r\n${body}`;
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
