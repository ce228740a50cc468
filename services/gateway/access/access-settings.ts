import { BlockList, isIP } from 'node:net';
import { type Environment, EnvironmentError } from '../../kit/environment.ts';

/** Who may ask, and from which pages of the web. */
export interface AccessSettings {
  /** Keys of callers from the environment; they have no limits. */
  readonly apiKeys: readonly string[];
  /** With one, keys can be made, listed and revoked; without, no key is looked for in the database. */
  readonly adminKey: string | undefined;
  /** Every key that is not the store's is taken as a tenant of its own, and none is one, too. */
  readonly isOpen: boolean;
  /** Origins of pages whose scripts may use this service: scheme, host and port as browsers write them. */
  readonly allowedOrigins: ReadonlySet<string>;
  /** Addresses and networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
}

const shortestAdminKey = 16;
/** Values of examples: who starts a service with one of them has a key that everybody knows. */
const placeholder = /^(?:your[-_ ]|change[-_]?me|replace|example|sample|placeholder|xxx|<|\$\{)/i;

/**
 * Reads GATEWAY_API_KEYS, GATEWAY_ADMIN_KEY, GATEWAY_OPEN, GATEWAY_ALLOWED_ORIGINS and GATEWAY_TRUSTED_PROXIES; lists
 * have commas. @throws EnvironmentError which names the variable, and no value that may be a key
 */
export function readAccessSettings(env: Environment): AccessSettings {
  const list = (name: string) => (env.text(name) ?? '').split(',').flatMap((one) => one.trim() || []);
  const apiKeys = list('GATEWAY_API_KEYS');
  const adminKey = env.text('GATEWAY_ADMIN_KEY');
  for (const [name, keys] of [
    ['GATEWAY_API_KEYS', apiKeys],
    ['GATEWAY_ADMIN_KEY', adminKey === undefined ? [] : [adminKey]],
  ] as const) {
    if (keys.some((key) => placeholder.test(key))) {
      throw new EnvironmentError(`${name} has the key of an example; it must be one that nobody else knows.`);
    }
    if (keys.some((key) => !/^[\x21-\x7e]+$/.test(key))) {
      throw new EnvironmentError(`${name} has a key that no header can carry; it must be visible ASCII.`);
    }
  }
  if (adminKey !== undefined && adminKey.length < shortestAdminKey) {
    throw new EnvironmentError(
      `GATEWAY_ADMIN_KEY is too short; it must have ${shortestAdminKey} characters.`,
    );
  }
  if (adminKey !== undefined && apiKeys.includes(adminKey)) {
    throw new EnvironmentError('GATEWAY_ADMIN_KEY is among GATEWAY_API_KEYS; it must be a key of its own.');
  }
  const isOpen = env.oneOf('GATEWAY_OPEN', adminKey === undefined ? 'true' : 'false', ['true', 'false']);
  return {
    apiKeys,
    adminKey,
    isOpen: apiKeys.length === 0 && isOpen === 'true',
    allowedOrigins: new Set(list('GATEWAY_ALLOWED_ORIGINS').map(readOrigin)),
    trustedProxies: list('GATEWAY_TRUSTED_PROXIES').map(readNetwork),
  };
}

function readOrigin(text: string): string {
  const { origin } = URL.parse(text) ?? {};
  if (origin === text && /^https?:/.test(text)) return text;
  throw new EnvironmentError(
    `GATEWAY_ALLOWED_ORIGINS has "${text}"; it must be an origin as browsers write it, such as https://chat.example.com.`,
  );
}

function readNetwork(text: string): string {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family !== 0 && rest.length === 0 && (bits === undefined || /^\d{1,3}$/.test(bits))) {
    try {
      new BlockList().addSubnet(
        address,
        Number(bits ?? (family === 4 ? 32 : 128)),
        family === 4 ? 'ipv4' : 'ipv6',
      );
      if (Number(bits ?? 1) > 0) return text;
    } catch {
      // Said below.
    }
  }
  throw new EnvironmentError(
    `GATEWAY_TRUSTED_PROXIES has "${text}"; it must be an address or a network such as 10.0.0.0/8.`,
  );
}
