import { ScopeError } from './scope-error.ts';

/** Where a service of the stack accepts connections, as seen from the scope. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

export interface ScopeSettings {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly run: string;
  readonly services: ReadonlyMap<string, ServiceAddress>;
  readonly connectTimeoutMs: number;
}

/**
 * Reads SCOPE_HOST or HOST (127.0.0.1), SCOPE_PORT (9300; 0 = any free one), SCOPE_TOKEN, GAUNTLET_RUN,
 * SCOPE_SERVICES (JSON: name → "host:port") and SCOPE_CONNECT_TIMEOUT_MS (20000). There is no token and no run that goes
 * without saying: signals to processes are for whoever started them, not for whoever can reach the port.
 * @throws ScopeError GNT_SCOPE_SETTINGS, one sentence that names the variable.
 */
export function readSettings(env: NodeJS.ProcessEnv): ScopeSettings {
  return {
    host: env.SCOPE_HOST || env.HOST || '127.0.0.1',
    port: integer(env, 'SCOPE_PORT', 9300, 0, 65_535),
    token: readToken(env),
    run: required(env, 'GAUNTLET_RUN'),
    services: readServices(required(env, 'SCOPE_SERVICES')),
    connectTimeoutMs: integer(env, 'SCOPE_CONNECT_TIMEOUT_MS', 20_000, 10, 600_000),
  };
}

/** Shorter ones can be guessed. */
const shortestToken = 16;

function readToken(env: NodeJS.ProcessEnv): string {
  const token = required(env, 'SCOPE_TOKEN');
  if (token.length >= shortestToken) return token;
  throw invalid(`SCOPE_TOKEN is too short; it takes ${shortestToken} characters or more.`);
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw invalid(`${name} is not set.`);
  return value;
}

function integer(env: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw invalid(`${name} is "${text}"; it takes a whole number from ${min} to ${max}.`);
  }
  return value;
}

function readServices(text: string): ReadonlyMap<string, ServiceAddress> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('SCOPE_SERVICES is not JSON; it takes an object such as {"gateway": "gateway:8000"}.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw invalid('SCOPE_SERVICES takes a JSON object such as {"gateway": "gateway:8000"}.');
  }
  return new Map(Object.entries(parsed).map(([name, address]) => [name, readAddress(name, address)]));
}

function readAddress(name: string, text: unknown): ServiceAddress {
  const match = typeof text === 'string' ? /^\[?(?<host>[^\]]+?)\]?:(?<port>\d{1,5})$/.exec(text) : null;
  const port = Number(match?.groups?.port);
  if (!match?.groups?.host || !(port >= 1 && port <= 65_535)) {
    throw invalid(`SCOPE_SERVICES gives "${name}" no address of the form host:port.`);
  }
  return { host: match.groups.host, port };
}

function invalid(message: string): ScopeError {
  return new ScopeError('GNT_SCOPE_SETTINGS', message);
}
