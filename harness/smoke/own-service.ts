import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import getPort from 'get-port';
import { readComposeFile } from '../stack/compose-file.ts';
import type { PlannedService } from '../stack/planned-service.ts';
import { packageRoot, toLaunch } from '../stack/process/launch.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import { skip } from '../suite/skip.ts';
import { driver, service, stackVariables } from '../suite/stack.ts';
import { until } from '../suite/until.ts';

type Started = PlannedService & { readonly mode: 'start' };

/** A service of the stack that a test has started once more, with settings of its own. Stop it in any case. */
export interface OwnService {
  readonly url: string;
  /** Its standard output and error so far. */
  output(): string;
  /** Resolves when it is ready; rejects when it ends before. */
  ready(): Promise<void>;
  /** Resolves with its exit code when it has ended by itself. */
  ended(): Promise<number | null>;
  /** Asks it to end, and ends it after 8 s. */
  stop(): Promise<void>;
  readonly pid: number;
}

const startWithinMs = 30_000;
const stopWithinMs = 8_000;

/**
 * Starts a service of ours with the command and environment that the stack started it with, on a port of its own, with one
 * worker. Skips the running test where services are no processes of this machine.
 *
 * @param settings replace variables; undefined takes one away
 */
export async function startOwn(
  name: string,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<OwnService> {
  if (driver() !== 'process' || !service(name).ours)
    skip(`another ${name} is started only where services are processes`, 'missing_env');
  const port = await getPort({ host: '127.0.0.1' });
  const { command, environment } = launchOf(name);
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: packageRoot,
    // Not a worker of the service in the stack: the scope tells processes by this name.
    env: {
      ...environment,
      WORKERS: '1',
      GAUNTLET_SERVICE: `smoke-${name}`,
      PORT: String(port),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      text += part;
    });
  const over = once(child, 'close').then(([code]) => code as number | null);
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  return {
    url,
    pid: child.pid ?? 0,
    output: () => text,
    ended: () => over,
    ready: () =>
      until(
        `${name} to be ready`,
        () => {
          if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${text}`);
          return isReady();
        },
        startWithinMs,
      ).then(() => undefined),
    stop: () => stop(child, over),
  };
}

async function stop(child: ChildProcess, over: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  child.kill('SIGTERM');
  await over;
  clearTimeout(late);
}

/** As the process driver launched it: with the addresses of the other services in this stack. */
function launchOf(name: string) {
  const record = JSON.parse(readFileSync(process.env.GAUNTLET_STACK ?? '', 'utf8')) as StackRecord;
  const variables = { ...process.env, ...stackVariables() };
  const specs = readComposeFile(join(packageRoot, 'compose.yaml'), variables);
  const services = specs.flatMap((spec): Started[] => {
    const { url } = record.services[spec.name] ?? {};
    if (!url) return [];
    return [{ mode: 'start', spec, source: { kind: 'own' }, hostPort: Number(new URL(url).port) }];
  });
  const wanted = services.find(({ spec }) => spec.name === name);
  if (!wanted) throw new Error(`this stack has no ${name}`);
  const plan = {
    runId: record.runId,
    driver: record.driver,
    composeFile: join(packageRoot, 'compose.yaml'),
    workers: 1,
    services,
    links: [],
    variables: record.variables,
    secrets: record.secrets,
  };
  return toLaunch(plan, wanted, []).order;
}
