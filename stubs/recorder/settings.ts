import { parseArgs } from 'node:util';
import { readInteger } from '../integer-setting.ts';
import { RecorderError } from './recorder-error.ts';
import { secretsIn } from './secrets/known-secrets.ts';

export const modes = ['live', 'replay', 'record', 'record-if-missing'] as const;
export type Mode = (typeof modes)[number];

/** How fast a recording is played: as it was recorded, that many times faster, or without any wait. */
export type Speed = 'recorded' | 'full' | number;

export interface RecorderSettings {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  /** Where recordings are; `live` needs none. */
  readonly folder: string;
  /** Base URLs by name, without a slash at their end. */
  readonly upstreams: ReadonlyMap<string, string>;
  /** Name of the upstream of paths that name none. */
  readonly usual: string | undefined;
  readonly speed: Speed;
  /** Longer answers are passed on, but not kept. */
  readonly maxAnswerBytes: number;
  readonly maxRequestBytes: number;
  /** An upstream that is silent for longer is given up. */
  readonly idleMs: number;
  /** How long the end of a recording that its client had left waits for this client to leave too. */
  readonly leaveMs: number;
  readonly secrets: readonly string[];
}

/**
 * Reads `--folder`, HOST (127.0.0.1), PORT (9600; 0 = any free one), RECORDER_MODE (replay), RECORDER_FOLDER, RECORDER_UPSTREAMS
 * (JSON object, name → base URL), RECORDER_UPSTREAM (the usual one; the only one without it), RECORDER_SPEED (full),
 * RECORDER_MAX_ANSWER_BYTES, RECORDER_MAX_REQUEST_BYTES (64 MiB), RECORDER_IDLE_MS (120 000), RECORDER_LEAVE_MS (10 000),
 * RECORDER_SECRETS (JSON list) and the values of variables with names of credentials.
 *
 * @throws RecorderError RECORDER_SETTINGS, one sentence that names the variable and what it takes
 */
export function readSettings(env: NodeJS.ProcessEnv, args: readonly string[] = []): RecorderSettings {
  const { values } = parseArgs({ args: [...args], options: { folder: { type: 'string' } } });
  const mode = readMode(env.RECORDER_MODE || 'replay');
  const folder = values.folder || env.RECORDER_FOLDER || '';
  if (folder === '' && mode !== 'live')
    throw invalid(`RECORDER_FOLDER is not set; the mode ${mode} needs a folder of recordings.`);
  const upstreams = readUpstreams(env.RECORDER_UPSTREAMS);
  const usual = env.RECORDER_UPSTREAM || (upstreams.size === 1 ? [...upstreams.keys()][0] : undefined);
  if (usual !== undefined && !upstreams.has(usual))
    throw invalid(`RECORDER_UPSTREAM is "${usual}"; upstreams: ${[...upstreams.keys()].join(', ')}.`);
  return {
    host: env.HOST || '127.0.0.1',
    port: integer(env, 'PORT', 9600, 0, 65_535),
    mode,
    folder,
    upstreams,
    usual,
    speed: readSpeed(env.RECORDER_SPEED || 'full'),
    maxAnswerBytes: integer(env, 'RECORDER_MAX_ANSWER_BYTES', 64 * 1024 * 1024, 1, 2 ** 30),
    maxRequestBytes: integer(env, 'RECORDER_MAX_REQUEST_BYTES', 64 * 1024 * 1024, 1, 2 ** 30),
    idleMs: integer(env, 'RECORDER_IDLE_MS', 120_000, 1, 3_600_000),
    leaveMs: integer(env, 'RECORDER_LEAVE_MS', 10_000, 1, 600_000),
    secrets: secretsIn(env, readSecrets(env.RECORDER_SECRETS)),
  };
}

function readMode(text: string): Mode {
  const mode = modes.find((each) => each === text);
  if (mode === undefined) throw invalid(`RECORDER_MODE is "${text}"; modes: ${modes.join(', ')}.`);
  return mode;
}

function readSpeed(text: string): Speed {
  if (text === 'full' || text === 'recorded') return text;
  const factor = Number(text);
  if (factor > 0 && factor <= 1_000) return factor;
  throw invalid(`RECORDER_SPEED is "${text}"; it takes recorded, full, or a factor above 0 such as 4.`);
}

function readUpstreams(text: string | undefined): ReadonlyMap<string, string> {
  const shape = 'RECORDER_UPSTREAMS takes a JSON object such as {"openai": "https://api.openai.com"}';
  let value: unknown;
  try {
    value = JSON.parse(text || '{}');
  } catch {
    throw invalid(`${shape}; it is no JSON.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${shape}.`);
  const named = Object.entries(value).map(([name, url]): [string, string] => {
    if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(name))
      throw invalid(`${shape}; "${name}" is no name of letters, digits, "_" and "-".`);
    if (typeof url !== 'string' || !/^(https?):\/\/[^/]/.test(url) || !URL.canParse(url))
      throw invalid(`${shape}; the address of "${name}" is no http(s) URL.`);
    if (new URL(url).username !== '')
      throw invalid(`${shape}; the address of "${name}" holds a user name, which would be recorded.`);
    return [name, url.replace(/\/+$/, '')];
  });
  return new Map(named);
}

function readSecrets(text: string | undefined): readonly string[] {
  if (!text) return [];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list;
  } catch {
    // The text may hold secrets: it is not shown.
  }
  throw invalid('RECORDER_SECRETS takes a JSON list of strings.');
}

function integer(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  return readInteger(env, { name, fallback, min, max }, invalid);
}

function invalid(message: string): RecorderError {
  return new RecorderError('RECORDER_SETTINGS', message);
}
