import { randomBytes } from 'node:crypto';
import { readInteger } from '../integer-setting.ts';
import type { LinkSettings } from './link.ts';
import { WireError } from './wire-error.ts';

export interface WireSettings {
  readonly host: string;
  /** Of the control API. */
  readonly port: number;
  readonly token: string;
  readonly links: readonly LinkSettings[];
  /** Open at once, per link. */
  readonly maxConnections: number;
  /** Connections that the journal remembers. */
  readonly journalCapacity: number;
}

/**
 * Reads HOST (127.0.0.1), PORT (9500; 0 = any free one), WIRE_TOKEN, WIRE_LINKS (JSON list of `{name, listen, target}`),
 * WIRE_MAX_CONNECTIONS (1000) and WIRE_JOURNAL_CAPACITY (5000). Without a token it makes one that nobody knows.
 * @throws WireError WIRE_SETTINGS, one sentence that names the variable
 */
export function readSettings(env: NodeJS.ProcessEnv): WireSettings {
  return {
    host: env.HOST || '127.0.0.1',
    port: integer(env, 'PORT', 9500, 0, 65_535),
    token: env.WIRE_TOKEN || randomBytes(16).toString('hex'),
    links: readLinks(env.WIRE_LINKS),
    maxConnections: integer(env, 'WIRE_MAX_CONNECTIONS', 1000, 1, 20_000),
    journalCapacity: integer(env, 'WIRE_JOURNAL_CAPACITY', 5000, 1, 1_000_000),
  };
}

function readLinks(text: string | undefined): readonly LinkSettings[] {
  if (!text) throw invalid('WIRE_LINKS is not set.');
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list))
    throw invalid('WIRE_LINKS takes a JSON list such as [{"name": "a>b", "listen": 0, "target": "b:8000"}].');
  const links = list.map(readLink);
  const doubled = links.find(({ name }, index) => links.findIndex((other) => other.name === name) !== index);
  if (doubled !== undefined) throw invalid(`WIRE_LINKS has two links named "${doubled.name}".`);
  return links;
}

function readLink(value: unknown): LinkSettings {
  const { name, listen = 0, target } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[A-Za-z0-9._>-]{1,64}$/.test(name))
    throw invalid('A link in WIRE_LINKS needs a name of letters, digits, ".", "_", ">" and "-".');
  if (typeof listen !== 'number' || !Number.isInteger(listen) || listen < 0 || listen > 65_535)
    throw invalid(`Link "${name}" in WIRE_LINKS needs listen, a port from 0 to 65535.`);
  const found =
    typeof target === 'string' ? /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/]+)):(\d{1,5})$/.exec(target) : null;
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  if (host === undefined || port < 1 || port > 65_535)
    throw invalid(`Link "${name}" in WIRE_LINKS needs target, such as "gateway:8000".`);
  return { name, listen, target: { host, port } };
}

function integer(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  return readInteger(env, { name, fallback, min, max }, invalid);
}

function invalid(message: string): WireError {
  return new WireError('WIRE_SETTINGS', 500, message);
}
