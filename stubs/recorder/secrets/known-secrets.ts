import type { IncomingHttpHeaders } from 'node:http';

const sensitiveName = /KEY|TOKEN|SECRET|WEBHOOK|AUTH|PASSWORD/;
/** Shorter values are words that appear everywhere, such as the name of a model. */
const shortestNamed = 8;
const shortestSeen = 12;

/**
 * Credentials that no recording may hold: values of variables with such names, and those of `more`. A line break around one,
 * as files of keys have it, is none of its own.
 */
export function secretsIn(env: NodeJS.ProcessEnv, more: readonly string[] = []): readonly string[] {
  const named = Object.entries(env).flatMap(([name, value]) =>
    sensitiveName.test(name) && name !== 'RECORDER_SECRETS' ? [value ?? ''] : [],
  );
  return unique([...named, ...more], shortestNamed);
}

/** Fields of a request that carry nothing but a credential. */
const fields = ['x-api-key', 'api-key', 'x-goog-api-key', 'x-auth-token'] as const;

/** The credentials that a request itself came with: they are known without any setting. */
export function credentialsOf(
  headers: IncomingHttpHeaders,
  inQuery: readonly string[] = [],
): readonly string[] {
  const found = [...inQuery];
  for (const field of fields) found.push(...[headers[field] ?? []].flat());
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(/\s+/, 2);
  if (/^basic$/i.test(scheme))
    found.push(
      Buffer.from(token, 'base64')
        .toString()
        .replace(/^[^:]*:/, ''),
    );
  found.push(token === '' ? scheme : token);
  for (const cookie of (headers.cookie ?? '').split(';')) found.push(cookie.replace(/^[^=]*=/, ''));
  // Browsers can set no header of a WebSocket: OpenAI takes the key as a subprotocol.
  for (const protocol of (headers['sec-websocket-protocol'] ?? '').split(','))
    found.push(/api-key\.(.+)$/.exec(protocol)?.[1] ?? '');
  return unique(found, shortestSeen);
}

function unique(values: readonly string[], shortest: number): readonly string[] {
  return [...new Set(values.map((value) => value.trim()))].filter(({ length }) => length >= shortest);
}
