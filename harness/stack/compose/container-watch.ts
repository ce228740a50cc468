import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { getContainerRuntimeClient } from 'testcontainers';
import { projectName } from '../remove-run.ts';
import { runFolder } from '../run-folder.ts';

type Dockerode = Awaited<ReturnType<typeof getContainerRuntimeClient>>['container']['dockerode'];

interface ContainerEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** What the engine says about the containers of one project. */
export interface ContainerListener {
  started(service: string): void;
  healthy(service: string): void;
  /** A container ended; `exitCode` as the engine gives it. */
  died(service: string, exitCode: string): void;
}

/**
 * Follows the containers of a run from before the first one exists: their events, and their output into
 * `logs/<service>.log`, so that logs outlive containers that compose removes after a failure.
 *
 * @returns a function that stops it
 */
export async function watchContainers(runId: string, listener: ContainerListener): Promise<() => void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const label = `com.docker.compose.project=${projectName(runId)}`;
  const events = (await dockerode.getEvents({
    filters: { type: ['container'], label: [label] },
  })) as Readable;
  const logs = new Set<Readable>();
  let rest = '';
  events.setEncoding('utf8');
  events.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter(Boolean)) handle(JSON.parse(line) as ContainerEvent);
  });
  events.on('error', () => undefined);

  const handle = ({ Action, Actor }: ContainerEvent) => {
    const service = Actor.Attributes['com.docker.compose.service'] ?? '';
    if (Action === 'start') {
      void followLogs(dockerode, Actor.ID, join(runFolder(runId), 'logs', `${service}.log`), logs);
      listener.started(service);
    }
    if (Action === 'health_status: healthy') listener.healthy(service);
    if (Action === 'die') listener.died(service, Actor.Attributes.exitCode ?? '?');
  };

  return () => {
    (events as Readable & { destroy(): void }).destroy();
    for (const log of logs) log.destroy();
  };
}

async function followLogs(
  dockerode: Dockerode,
  id: string,
  path: string,
  open: Set<Readable>,
): Promise<void> {
  try {
    const container = dockerode.getContainer(id);
    const stream = (await container.logs({
      follow: true,
      stdout: true,
      stderr: true,
    })) as unknown as Readable;
    const file = createWriteStream(path, { flags: 'a' });
    open.add(stream);
    stream.on('error', () => undefined);
    stream.on('close', () => {
      open.delete(stream);
      file.end();
    });
    file.on('error', () => stream.destroy());
    dockerode.modem.demuxStream(stream, file, file);
  } catch {
    // The container was removed before its log could be opened.
  }
}
