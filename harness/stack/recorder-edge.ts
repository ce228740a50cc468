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
  /** Base URLs of providers that are no services of the stack, by name, such as those of a setup. */
  readonly upstreams?: Readonly<Record<string, string>>;
}

/** Services at the edge: what they answer is recorded, and in replay they are not started. */
const edge: Readonly<Record<string, string>> = {
  provider: 'http://provider:9100',
  ollama: 'http://ollama:11434',
};

/** Where services find the recorder, which the drivers rewrite like every other address. */
const recorderAddress = 'recorder:9600';

/** Who sets up the edge itself, and asks past the recorder. */
const apart = ['recorder', 'wire', 'scope', 'ollama-model'];

/** Origins of all providers that are recorded, by name. */
export type Origins = Readonly<Record<string, string>>;

/**
 * The edge of the stack, then what is said with the recording, then RECORDER_UPSTREAMS of the user.
 *
 * @throws GauntletError GNT_USAGE when that is no JSON object of URLs
 */
export function recordedOrigins({ upstreams }: Recording, told: string | undefined): Origins {
  const all = Object.entries({ ...edge, ...upstreams, ...upstreamsOf(told) });
  return Object.fromEntries(
    all.map(([name, url]) => {
      if (typeof url === 'string' && URL.canParse(url)) return [name, new URL(url).origin];
      throw gauntletError('GNT_USAGE', `RECORDER_UPSTREAMS: the address of "${name}" is no URL.`);
    }),
  );
}

/** Variables of compose.yaml for the recorder. */
export function recorderVariables({ mode, folder }: Recording, origins: Origins): Record<string, string> {
  const path = resolve(folder);
  // An engine would make a missing folder itself, as root's.
  if (mode !== 'live') mkdirSync(path, { recursive: true });
  const user = process.getuid ? { RECORDER_USER: `${process.getuid()}:${process.getgid?.() ?? 0}` } : {};
  return {
    ...user,
    RECORDER_MODE: mode,
    RECORDINGS_FOLDER: path,
    RECORDER_UPSTREAMS: JSON.stringify(origins),
  };
}

/** The service as it finds the recorder in place of the providers. */
export function throughRecorder(service: PlannedService, origins: Origins): PlannedService {
  const { spec } = service;
  if (apart.includes(spec.name)) return service;
  const environment = Object.fromEntries(
    Object.entries(spec.environment).map(([name, value]) => [name, rerouted(value, origins)]),
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

function rerouted(text: string, origins: Origins): string {
  return Object.entries(origins).reduce((result, [name, origin]) => {
    const escaped = origin.replace(/[.[\]]/g, '\\$&');
    return result.replace(new RegExp(`${escaped}(?![\\w.:-])`, 'g'), `http://${recorderAddress}/up/${name}`);
  }, text);
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
