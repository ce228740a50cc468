import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gauntletError } from '../errors.ts';
import { agents } from './agents.ts';
import { controlPlane } from './control-plane.ts';
import { gateway } from './gateway.ts';
import { gatewayArena } from './gateway-arena.ts';
import { gatewayUpstreams } from './gateway-upstreams.ts';
import { litellm, litellmHangups, litellmStreams } from './litellm.ts';
import { litellmLimit } from './litellm-limit.ts';
import { litellmParallel } from './litellm-parallel.ts';
import { litellmRouting } from './litellm-routing.ts';
import { memory } from './memory.ts';
import { memoryLimit } from './memory-limit.ts';
import { messages } from './messages.ts';
import { ollamaSlots } from './ollama-slots.ts';
import { openWebui } from './open-webui.ts';
import { openWebuiFirstUse } from './open-webui-first-use.ts';
import { openWebuiPipes } from './open-webui-pipes.ts';
import { openWebuiState } from './open-webui-state.ts';
import { openWebuiTasks } from './open-webui-tasks.ts';
import { openWebuiValves } from './open-webui-valves.ts';
import { responses } from './responses.ts';
import type { Workload } from './workload.ts';

/** The workloads that come with the project. */
export const workloads: readonly Workload[] = [
  memory,
  memoryLimit,
  gateway,
  gatewayArena,
  gatewayUpstreams,
  messages,
  responses,
  controlPlane,
  agents,
  litellm,
  litellmStreams,
  litellmHangups,
  litellmParallel,
  litellmRouting,
  litellmLimit,
  ollamaSlots,
  openWebui,
  openWebuiPipes,
  openWebuiFirstUse,
  openWebuiTasks,
  openWebuiState,
  openWebuiValves,
];

/**
 * A workload by its name, or from a file of the user's whose default export it is.
 * @throws GauntletError GNT_WORKLOAD_UNKNOWN
 */
export async function workloadOf(nameOrFile: string): Promise<Workload> {
  const known = workloads.find(({ name }) => name === nameOrFile);
  if (known) return known;
  const names = workloads.map(({ name }) => name).join(', ');
  if (!/\.[cm]?[jt]s$/.test(nameOrFile) || !existsSync(nameOrFile)) {
    throw gauntletError('GNT_WORKLOAD_UNKNOWN', nameOrFile, names);
  }
  const { default: own } = (await import(pathToFileURL(resolve(nameOrFile)).href)) as { default?: Workload };
  if (typeof own?.prepare !== 'function') throw gauntletError('GNT_WORKLOAD_UNKNOWN', nameOrFile, names);
  return own;
}
