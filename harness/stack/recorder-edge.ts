import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { gauntletError } from '../errors.ts';
import type { PlannedService } from './planned-service.ts';

export const recorderModes = ['live', 'replay', 'record', 'record-if-missing'] as const;
export type RecorderMode = (typeof recorderModes)[number];

/** How a run records or replays what its services ask of model providers. */
export interface Recording {
  readonly mode: RecorderMode;
  /** Folder of the recordings. */
  readonly folder: string;
}

/** Services at the edge: what they answer is recorded, and in replay they are not started. */
const edge: Readonly<Record<string, string>> = { provider: '9100', ollama: '11434' };

/** Where services find the recorder, which the drivers rewrite like every other address. */
export const recorderAddress = 'recorder:9600';

/** Who sets up the edge itself, and asks past the recorder. */
const apart = ['recorder', 'wire', 'scope', 'ollama-model'];

/**
 * Variables of compose.yaml for the recorder. Upstreams of the user's come beside those of the stack.
 *
 * @throws GauntletError GNT_USAGE when RECORDER_UPSTREAMS is no JSON object
 */
export function recorderVariables(
  { mode, folder }: Recording,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const own = Object.entries(edge).map(([name, port]) => [name, `http://${name}:${port}`]);
  const path = resolve(folder);
  // An engine would make a missing folder itself, as root's.
  if (mode !== 'live') mkdirSync(path, { recursive: true });
  const user = process.getuid ? { RECORDER_USER: `${process.getuid()}:${process.getgid?.() ?? 0}` } : {};
  return {
    ...user,
    RECORDER_MODE: mode,
    RECORDINGS_FOLDER: path,
    RECORDER_UPSTREAMS: JSON.stringify({
      ...Object.fromEntries(own),
      ...upstreamsOf(environment.RECORDER_UPSTREAMS),
    }),
  };
}

/** The service as it finds the recorder in place of the edge. */
export function throughRecorder(service: PlannedService): PlannedService {
  const { spec } = service;
  if (apart.includes(spec.name)) return service;
  const environment = Object.fromEntries(
    Object.entries(spec.environment).map(([name, value]) => [name, rerouted(value)]),
  );
  return { ...service, spec: { ...spec, environment } };
}

/** In replay nothing of the edge is started: what is not recorded must fail. */
export function withoutEdge(service: PlannedService): PlannedService {
  if (!(service.spec.name in edge) || service.mode !== 'start') return service;
  return { mode: 'absent', spec: service.spec, reason: 'its answers are replayed (--mode replay)' };
}

/** Variables of a service that name the recorder. */
export function recordedVariables({ spec }: PlannedService): Readonly<Record<string, string>> {
  if (apart.includes(spec.name)) return {};
  return Object.fromEntries(
    Object.entries(spec.environment).filter(([, value]) => value.includes(recorderAddress)),
  );
}

function rerouted(text: string): string {
  return Object.entries(edge).reduce(
    (result, [name, port]) =>
      result.replace(
        new RegExp(`http://${name}:${port}(?!\\d)`, 'g'),
        `http://${recorderAddress}/up/${name}`,
      ),
    text,
  );
}

function upstreamsOf(text: string | undefined): object {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw gauntletError('GNT_USAGE', 'RECORDER_UPSTREAMS takes a JSON object, name → base URL.');
}
