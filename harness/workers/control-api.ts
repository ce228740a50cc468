import type { IncomingMessage, ServerResponse } from 'node:http';
import { carriesToken } from './access.ts';
import { ownerOf } from './connections/connection-owner.ts';
import { residentBytesOf, type ServiceProcess, stateOf } from './processes/process-table.ts';
import { type Worker, workerName } from './processes/worker-register.ts';
import { defaultRevertAfterMs, type SignalAction, signalActions } from './processes/worker-signals.ts';
import { parseWorkerName } from './proxy-target.ts';
import type { Scope } from './scope.ts';
import { asScopeError, errorBody, ScopeError } from './scope-error.ts';

const maxBodyBytes = 4096;
const maxRevertAfterMs = 600_000;

/** A worker as the API shows it. */
export interface WorkerView {
  readonly service: string;
  readonly index: number;
  readonly name: string;
  readonly pid: number;
  /** Start time in clock ticks since boot; with the pid it tells a respawned worker from the old one. */
  readonly startTicks: number;
  readonly state: 'running' | 'stopped' | 'gone';
}

/** A process of a service: a worker, or another one that was asked for by its pid. */
export interface ProcessView {
  readonly service: string;
  readonly pid: number;
  readonly startTicks: number;
  readonly state: WorkerView['state'];
}

/** What a process holds of the machine's memory. */
export interface MemoryView extends ProcessView {
  readonly residentBytes: number;
}

/**
 * The JSON API: GET /health, /workers[?service=], /workers/<service>/<worker>[/memory], /owner?service=&port=[&address=];
 * POST /workers/<service>/<worker>/<action>.
 */
export async function answerControl(
  scope: Scope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://scope');
    // Health tells nothing about the stack, so that a health check needs no token.
    if (request.method === 'GET' && url.pathname === '/health') return reply(response, 200, { status: 'ok' });
    if (!carriesToken(request.headers.authorization, scope.settings.token)) {
      throw new ScopeError('GNT_SCOPE_TOKEN', 'The request does not carry the token of this run.');
    }
    reply(response, 200, await route(scope, request, url));
  } catch (error) {
    const scopeError = asScopeError(error);
    response.setHeader('x-gauntlet-error', scopeError.code);
    if (scopeError.status === 401) response.setHeader('www-authenticate', 'Bearer');
    response.writeHead(scopeError.status, { 'content-type': 'application/json' });
    response.end(errorBody(scopeError));
  }
}

async function route(scope: Scope, request: IncomingMessage, url: URL): Promise<unknown> {
  const [, root = '', ...path] = url.pathname.split('/').map(decodeURIComponent);
  const known = `${request.method} /${root}`;
  if (known === 'GET /workers' && path.length === 0)
    return listWorkers(scope, url.searchParams.get('service'));
  if (known === 'GET /owner' && path.length === 0) return await findOwner(scope, url.searchParams);
  const [service, worker, action] = path;
  if (known === 'GET /workers' && service && worker && path.length === 2) {
    return processView(findProcess(scope, service, parseWorkerName(worker)));
  }
  if (known === 'GET /workers' && service && worker && action === 'memory' && path.length === 3) {
    return memoryView(findProcess(scope, service, parseWorkerName(worker)));
  }
  const signal = signalActions.find((each) => each === action);
  if (known === 'POST /workers' && service && worker && signal && path.length === 3) {
    return await signalWorker(scope, { service, worker, signal, body: await readJson(request) });
  }
  throw new ScopeError('GNT_SCOPE_NO_ROUTE', `There is no ${request.method} ${url.pathname}.`);
}

function listWorkers(scope: Scope, service: string | null) {
  const list = (name: string) => scope.register.refresh(name, 20).workers.map(viewOf);
  if (service !== null) return { workers: list(service) };
  const unavailable: Record<string, unknown> = {};
  const workers = scope.register.serviceNames.flatMap((name) => {
    try {
      return list(name);
    } catch (error) {
      unavailable[name] = JSON.parse(errorBody(asScopeError(error))).error;
      return [];
    }
  });
  return { workers, unavailable };
}

async function findOwner(scope: Scope, query: URLSearchParams): Promise<WorkerView> {
  const port = Number(query.get('port'));
  if (!(Number.isInteger(port) && port > 0 && port <= 65_535)) {
    throw new ScopeError(
      'GNT_SCOPE_BAD_REQUEST',
      'port takes the local port of the client side, 1 to 65535.',
    );
  }
  const address = query.get('address') ?? undefined;
  return viewOf(await ownerOf(scope.register, query.get('service') ?? '', { port, address }));
}

interface SignalRequest {
  readonly service: string;
  readonly worker: string;
  readonly signal: SignalAction;
  readonly body: unknown;
}

async function signalWorker(scope: Scope, { service, worker, signal, body }: SignalRequest) {
  const process = findProcess(scope, service, parseWorkerName(worker));
  const revertAfterMs = readRevertAfterMs(body);
  // Idle connections of ours must not hold up a worker that ends gracefully.
  if (signal === 'term' || signal === 'kill') scope.idle.clear(({ pid }) => pid === process.pid);
  if (signal === 'stop') await scope.signals.stop(process, revertAfterMs);
  if (signal === 'continue') await scope.signals.continue(process);
  if (signal === 'term') scope.signals.terminate(process);
  if (signal === 'kill') await scope.signals.kill(process);
  const view = { ...processView(process), action: signal };
  const index = 'index' in process ? { index: process.index } : {};
  return signal === 'stop' ? { ...view, ...index, revertAfterMs } : { ...view, ...index };
}

function findProcess(
  scope: Scope,
  service: string,
  wanted: { readonly index?: number; readonly pid?: number },
): Worker | ServiceProcess {
  scope.register.addressOf(service);
  if (wanted.pid === undefined) return scope.register.find(service, wanted);
  const found = scope.processes.lookup(wanted.pid);
  if (found === 'foreign')
    throw new ScopeError('GNT_FOREIGN_PID', `Process ${wanted.pid} is not of this run.`);
  if (found?.service === service) return found;
  throw new ScopeError('GNT_NO_SUCH_WORKER', `${service} has no process ${wanted.pid}.`);
}

function readRevertAfterMs(body: unknown): number {
  const value =
    (body as { revertAfterMs?: unknown } | null | undefined)?.revertAfterMs ?? defaultRevertAfterMs;
  if (typeof value === 'number' && value >= 1 && value <= maxRevertAfterMs) return value;
  throw new ScopeError('GNT_SCOPE_BAD_REQUEST', `revertAfterMs takes 1 to ${maxRevertAfterMs} milliseconds.`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxBodyBytes) throw new ScopeError('GNT_SCOPE_BAD_REQUEST', 'The body is too long.');
  }
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ScopeError('GNT_SCOPE_BAD_REQUEST', 'The body is not JSON.');
  }
}

const processView = (process: ServiceProcess): ProcessView => {
  const { service, pid, startTicks } = process;
  return { service, pid, startTicks, state: stateOf(process) };
};

function memoryView(process: ServiceProcess): MemoryView {
  const residentBytes = residentBytesOf(process);
  if (residentBytes !== undefined) return { ...processView(process), residentBytes };
  throw new ScopeError('GNT_NO_SUCH_WORKER', `Process ${process.pid} of ${process.service} has ended.`);
}

function viewOf(worker: Worker): WorkerView {
  return { ...processView(worker), index: worker.index, name: workerName(worker) };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
