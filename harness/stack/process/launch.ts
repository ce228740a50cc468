import { join } from 'node:path';
import { rewriteAddresses } from '../addresses.ts';
import type { StartedService } from '../driver.ts';
import type { StackPlan } from '../plan-stack.ts';
import { runFolder } from '../run-folder.ts';
import type { ProcessOrder } from '../supervisor/messages.ts';
import { linkPort } from '../wire-links.ts';
import { cacheFolder } from './cache-folder.ts';
import { hostEnvironment } from './host-environment.ts';

/** Root of the package, which stands for `/app` in the containers. */
export const packageRoot = join(import.meta.dirname, '../../..');

/** How to start a service as a child process, and how to ask whether it is ready. */
export interface Launch {
  readonly order: ProcessOrder;
  readonly healthcheck: readonly string[];
}

/**
 * Translates a service of compose.yaml to the host: the same command and environment, with other services at loopback
 * ports, its own port replaced, `0.0.0.0` narrowed to loopback, and paths below /tmp moved into the run's folder.
 *
 * @param binFolders folders to find programs in first, such as a virtual environment
 */
export function toLaunch(plan: StackPlan, service: StartedService, binFolders: readonly string[]): Launch {
  const { spec, hostPort, source } = service;
  const data = join(runFolder(plan.runId), 'data', spec.name);
  const translate = (text: string): string => {
    if (text === String(spec.port.container)) return String(hostPort);
    if (text === '/tmp' || text.startsWith('/tmp/')) return `${data}${text.slice('/tmp'.length)}`;
    const own = text
      .replaceAll('0.0.0.0', '127.0.0.1')
      .replaceAll(`127.0.0.1:${spec.port.container}`, `127.0.0.1:${hostPort}`);
    return rewriteAddresses(
      own,
      plan,
      (other) => `127.0.0.1:${linkPort(plan.links, spec.name, other.spec.name) ?? other.hostPort}`,
    );
  };
  const environment = Object.fromEntries(
    Object.entries(spec.environment).map(([name, value]) => [name, translate(value)]),
  );
  const host = hostEnvironment();
  const path = [...binFolders, join(packageRoot, 'node_modules/.bin'), host.PATH ?? ''].join(':');
  const command =
    source.kind === 'command'
      ? ['sh', '-c', source.command]
      : (spec.process.command ?? spec.command).map(translate);
  return {
    order: {
      service: spec.name,
      command,
      environment: {
        ...host,
        NODE_COMPILE_CACHE: join(cacheFolder(), 'node'),
        PORT: String(hostPort),
        DATA_FOLDER: data,
        ...environment,
        PATH: path,
      },
      cwd: source.kind === 'command' ? process.cwd() : packageRoot,
      logFile: join(runFolder(plan.runId), 'logs', `${spec.name}.log`),
    },
    healthcheck: (spec.process.healthcheck ?? spec.healthcheck).map(translate),
  };
}
