import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectName } from '../remove-run.ts';
import { runFolder, type StackRecord } from '../run-folder.ts';

const timeoutMs = 20_000;
const mostBytes = 200_000_000;

/** The whole log of a service as its container wrote it. Rejects when the engine does not give it. */
export async function containerLog(runId: string, service: string): Promise<string> {
  const options = ['--project-name', projectName(runId), 'logs', '--no-color', '--no-log-prefix', service];
  const bounds = { all: true, timeout: timeoutMs, maxBuffer: mostBytes } as const;
  return (await execa('docker', ['compose', ...options], bounds)).all;
}

/**
 * Puts what the containers of a stack have said until now into the run's folder, where results take logs from. Whoever
 * started them has followed them only until they were healthy. A log that cannot be read stays as it is.
 */
export async function keepContainerLogs({ driver, runId, services }: StackRecord): Promise<void> {
  if (driver !== 'compose') return;
  const names = Object.entries(services).filter(([, { state }]) => state === 'healthy');
  await Promise.all(
    names.map(async ([name]) => {
      const text = await containerLog(runId, name).catch(() => undefined);
      if (text !== undefined) writeFileSync(join(runFolder(runId), 'logs', `${name}.log`), `${text}\n`);
    }),
  );
}
