import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import getPort from 'get-port';
import { openScope, type ScopeClient, type WorkerView } from './client.ts';

/** Subjects of the fixture and a scope, as processes, the way the process driver starts them. */
export interface TestStack {
  readonly url: string;
  readonly token: string;
  readonly scope: ScopeClient;
  /** Host ports of the subjects. */
  readonly ports: Readonly<Record<string, number>>;
  /** Primary processes of the subjects. */
  readonly primaries: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** On a machine that is busy with other things the start of nine processes takes its time. */
const startTimeoutMs = 20_000;

const main = join(import.meta.dirname, 'main.ts');
const fixture = join(import.meta.dirname, 'cluster-fixture.ts');

/**
 * Starts everything, or nothing: what was started before a failure is killed.
 * @param subjects name → number of workers
 */
export async function startTestStack(subjects: Readonly<Record<string, number>>): Promise<TestStack> {
  const children: ChildProcess[] = [];
  try {
    return await startAll(subjects, children);
  } catch (error) {
    await killAll(children);
    throw error;
  }
}

async function startAll(
  subjects: Readonly<Record<string, number>>,
  children: ChildProcess[],
): Promise<TestStack> {
  const run = `scope-test-${process.pid}-${Date.now()}`;
  const token = 'token-of-the-test';
  const start = (script: string, env: Record<string, string>) => {
    const stdio: ('pipe' | 'inherit')[] = ['pipe', 'pipe', 'inherit'];
    const child = spawn(process.execPath, [script], { env: { GAUNTLET_RUN: run, ...env }, stdio });
    children.push(child);
    return child;
  };
  const entries = await Promise.all(
    Object.entries(subjects).map(async ([name, workers]) => ({ name, workers, port: await getPort() })),
  );
  const primaries = entries.map(({ name, workers, port }) => {
    const env = { GAUNTLET_SERVICE: name, WORKERS: String(workers), PORT: String(port) };
    return [name, start(fixture, env).pid ?? 0] as const;
  });
  const services = Object.fromEntries(entries.map(({ name, port }) => [name, `127.0.0.1:${port}`]));
  const env = { GAUNTLET_SERVICE: 'scope', SCOPE_TOKEN: token, SCOPE_PORT: '0' };
  const { stdout } = start(main, { ...env, SCOPE_SERVICES: JSON.stringify(services) });
  const lines = createInterface({ input: stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(startTimeoutMs) })) as [string];
  const url = `http://127.0.0.1:${JSON.parse(line).port}`;
  const scope = openScope(url, token);
  for (const { name, workers } of entries) await workersBack(scope, name, workers);
  const stop = async () => {
    await scope.close();
    await killAll(children);
  };
  const ports = Object.fromEntries(entries.map(({ name, port }) => [name, port]));
  return { url, token, scope, ports, primaries: Object.fromEntries(primaries), stop };
}

async function killAll(children: readonly ChildProcess[]): Promise<void> {
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** Waits until a service has that many workers, each of which answers. */
export async function workersBack(
  scope: ScopeClient,
  service: string,
  count: number,
): Promise<readonly WorkerView[]> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      const workers = await scope.workers(service);
      if (workers.length === count) {
        await Promise.all(workers.map(({ index }) => scope.workerClient(service, index).get('/')));
        return workers;
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline)
      throw new Error(`${service} has not ${count} workers after ${startTimeoutMs} ms.`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
