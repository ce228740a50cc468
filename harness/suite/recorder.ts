import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Child, startChild } from '../bench/gateway/child.ts';
import { cacheFolder } from '../stack/process/cache-folder.ts';
import { packageRoot } from '../stack/process/launch.ts';
import type { RecorderMode } from '../stack/recorder-edge.ts';

/** What a recorder tells of itself at `GET /report`. */
export interface RecorderReport {
  readonly requests: number;
  readonly replayed: number;
  readonly upstream: number;
  readonly misses: readonly { readonly key: string; readonly scope: string; readonly times: number }[];
  readonly failures: readonly { readonly code: string; readonly message: string }[];
  readonly used: readonly string[];
  readonly written: readonly string[];
  readonly leftovers: readonly { readonly file: string; readonly scope: string }[];
}

export interface RecorderProcess extends Child {
  report(): Promise<RecorderReport>;
}

/** A recorder of a test's own, in a process of its own. It stands before `upstream`, or before nothing that answers. */
export async function startRecorder(
  mode: RecorderMode,
  folder: string,
  upstream = 'http://127.0.0.1:9',
  environment: Readonly<Record<string, string>> = {},
): Promise<RecorderProcess> {
  const variables = { RECORDER_MODE: mode, RECORDER_UPSTREAMS: JSON.stringify({ provider: upstream }) };
  const child = await startChild(
    () => ['stubs/recorder/main.ts', `--folder=${folder}`],
    { NODE_COMPILE_CACHE: join(cacheFolder(), 'node'), ...variables, ...environment },
    '/health',
  );
  const report = async () => (await (await fetch(`${child.url}/report`)).json()) as RecorderReport;
  return { ...child, report };
}

/** A folder for recordings that is gone after the test that `using` it. */
export function recordingsFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'recordings-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A provider of a test's own that counts its requests. */
export async function countingProvider(
  answer: (count: number, request: IncomingMessage, response: http.ServerResponse) => void,
) {
  let count = 0;
  const server = http.createServer((request, response) => {
    count += 1;
    const own = count;
    request.resume().on('end', () => answer(own, request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => count,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Runs `gauntlet recordings …` as a user does. */
export async function recordingsCommand(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [join(packageRoot, 'harness/cli/main.ts'), 'recordings', ...args],
    { reject: false, env: { ...environment, NODE_OPTIONS: '' } },
  );
  return { exitCode, stdout, stderr };
}
