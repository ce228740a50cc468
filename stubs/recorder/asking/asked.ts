import type { IncomingHttpHeaders } from 'node:http';
import type { StoredRequest } from '../files/recording.ts';
import { credentialsOf } from '../secrets/known-secrets.ts';
import { type Address, readScope } from './address.ts';
import { readBody, textOf } from './normal-body.ts';
import { Placeholders } from './placeholders.ts';
import { keyOf } from './request-key.ts';

/** A request as the recorder knows it. */
export interface Asked {
  readonly key: string;
  readonly scope: string;
  /** Without credentials, and with placeholders for what is random. */
  readonly request: StoredRequest;
  readonly placeholders: Placeholders;
  /** Credentials that came with it, which nothing kept may hold. */
  readonly credentials: readonly string[];
  /** What of it could be kept, as it came, for the search for secrets. */
  readonly rawTexts: readonly string[];
}

/** Scope of requests that tell of no test. */
const commonScope = 'common';

/** Names the test that a request belongs to, where a subject lets it through. */
export const scopeField = 'x-gauntlet-test';

/** Header fields that say what is asked, and nothing of who asks. */
const keptFields = ['content-type', 'accept', 'anthropic-version', 'anthropic-beta', 'openai-beta'] as const;
const credentialParameter = /^(?:key|api[-_]?key|access[-_]?token|auth|token|sig|signature)$/i;

export interface RawRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads a request that goes to `address`. @throws RecorderError RECORDER_SCOPE_INVALID */
export function readAsked({ method, headers, body }: RawRequest, address: Address, nowMs: number): Asked {
  const placeholders = new Placeholders(nowMs);
  const { path, secrets } = withoutCredentials(address.path);
  placeholders.find(path);
  const contentType = headers['content-type'] ?? '';
  const encoding = headers['content-encoding'] ?? '';
  const normal = readBody(body, contentType, encoding, placeholders);
  const rawText = textOf(body, encoding) ?? '';
  const told = headers[scopeField];
  const scope =
    address.scope ?? (typeof told === 'string' ? readScope(told) : (scopeIn(rawText) ?? commonScope));
  const request: StoredRequest = {
    method,
    upstream: address.upstream,
    path: placeholders.hide(path),
    ...fieldsOf(headers),
    ...normal,
  };
  return {
    key: keyOf(scope, request),
    scope,
    request,
    placeholders,
    credentials: credentialsOf(headers, secrets),
    rawTexts: [path, rawText],
  };
}

/**
 * The test that the last marker of a text names, `[[op=ID test=SCOPE]]`: content is what every subject passes on, so this
 * reaches the edge where neither a path nor a header does.
 */
function scopeIn(text: string): string | undefined {
  const last = [...text.matchAll(/\[\[[^[\]]*?\btest=([^\s\]"\\]+)/g)].at(-1)?.[1];
  if (last === undefined) return undefined;
  try {
    return readScope(decodeURIComponent(last));
  } catch {
    return undefined;
  }
}

function fieldsOf(headers: IncomingHttpHeaders): Pick<StoredRequest, 'headers'> {
  const kept = keptFields.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value.replace(/boundary=.*/, 'boundary=⟦boundary⟧')]] : [];
  });
  return kept.length > 0 ? { headers: Object.fromEntries(kept) } : {};
}

/** Credentials in a query are no part of what is asked: a recording made with one key is found with any other. */
function withoutCredentials(path: string): { readonly path: string; readonly secrets: readonly string[] } {
  const [before = '', query] = path.split(/\?(.*)/s, 2);
  if (query === undefined) return { path, secrets: [] };
  const secrets: string[] = [];
  const kept = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
    if (!credentialParameter.test(name) || value === '') return pair;
    secrets.push(value, plain(value));
    return `${name}=⟦credential⟧`;
  });
  return { path: `${before}?${kept.join('&')}`, secrets };
}

function plain(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
