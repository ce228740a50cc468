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

const main = join(import.meta.dirname, 'main.ts');
const fixture = join(import.meta.dirname, 'cluster-fixture.ts');

/** @param subjects name → number of workers */
export async function startTestStack(subjects: Readonly<Record<string, number>>): Promise<TestStack> {
  const run = `scope-test-${process.pid}-${Date.now()}`;
  const token = 'token-of-the-test';
  const children: ChildProcess[] = [];
  const start = (script: string, env: Record<string, string>) => {
    const stdio: ('ignore' | 'pipe' | 'inherit')[] = ['ignore', 'pipe', 'inherit'];
    const child = spawn(process.execPath, [script], { env: { GAUNTLET_RUN: run, ...env }, stdio });
    children.push(child);
    return child;
  };
  const entries = await Promise.all(
    Object.entries(subjects).map(async ([name, workers]) => [name, workers, await getPort()] as const),
  );
  const primaries = Object.fromEntries(
    entries.map(([name, workers, port]) => {
      const env = { GAUNTLET_SERVICE: name, WORKERS: String(workers), PORT: String(port) };
      return [name, start(fixture, env).pid ?? 0];
    }),
  );
  const services = Object.fromEntries(entries.map(([name, , port]) => [name, `127.0.0.1:${port}`]));
  const env = { GAUNTLET_SERVICE: 'scope', SCOPE_TOKEN: token, SCOPE_PORT: '0' };
  const child = start(main, { ...env, SCOPE_SERVICES: JSON.stringify(services) });
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [
    string,
  ];
  const url = `http://127.0.0.1:${JSON.parse(line).port}`;
  const scope = openScope(url, token);
  for (const [name, workers] of entries) await workersBack(scope, name, workers);
  return {
    url,
    token,
    scope,
    ports: Object.fromEntries(entries.map(([name, , port]) => [name, port])),
    primaries,
    stop: async () => {
      await scope.close();
      await Promise.all(
        children.map(async (each) => {
          const ended = once(each, 'exit');
          each.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
}

/** Waits until a service has that many workers, each of which answers. */
export async function workersBack(
  scope: ScopeClient,
  service: string,
  count: number,
): Promise<readonly WorkerView[]> {
  const deadline = Date.now() + 5000;
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
    if (Date.now() > deadline) throw new Error(`${service} has not ${count} workers after 5 s.`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
