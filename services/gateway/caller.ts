import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openaiError } from '../kit/openai-error.ts';
import { isOfStore } from './access/api-key.ts';
import { type Entry, invalidKey, type KeyGuard, TooManyRequests } from './access/key-guard.ts';
import { isOpenRoute } from './access/open-routes.ts';

/** Who sends a request. What one tenant stored, another can't see. */
export interface Caller {
  /** Stable for one API key; `anonymous` without a key. Safe to store and to log: the key can't be had from it. */
  readonly tenant: string;
  /** The key is one that this gateway was told of, not one that anybody thought of. */
  readonly isKnown?: boolean;
  /** Counts one more request of the same key, for connections that carry several. Throws as at the beginning. */
  readonly enter?: (() => Promise<Entry>) | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

export interface CallerRules {
  /** Keys of the environment. */
  readonly apiKeys: readonly string[];
  /** Keys that are not known are taken for tenants. */
  readonly isOpen?: boolean;
  /** Keys of the store, where there is one. */
  readonly guard?: KeyGuard | undefined;
  readonly adminKey?: string | undefined;
  /** Requests that become connections, whose turns are counted instead of them. */
  readonly isSocket?: (request: FastifyRequest['raw']) => boolean;
}

/** What a key was found to be. */
interface Given {
  readonly key: string;
  readonly digest: Buffer;
  readonly caller: Caller;
}

const anonymous: Caller = { tenant: 'anonymous' };
const adminRoutes = '/admin/';

/**
 * Knows callers by `Authorization: Bearer KEY` or `x-api-key: KEY`. Every route but those that say how the service is
 * refuses other keys with 401, unless the gateway is open: then each key is taken as a tenant of its own. Keys of the
 * store are looked for there at each request; others cost no look.
 */
export function addCallers(app: FastifyInstance, rules: CallerRules): void {
  const { apiKeys, isOpen = apiKeys.length === 0, guard, isSocket = () => false } = rules;
  const known = apiKeys.map(digest);
  const admins = rules.adminKey === undefined ? [] : [digest(rules.adminKey)];
  // The key that came last over a connection: the next one is nearly always the same, and need not be hashed again.
  const lastGiven = new WeakMap<object, Given>();
  app.decorateRequest('caller', null as unknown as Caller);
  app.addHook('onRequest', (request, reply, done) => {
    const key = keyOf(request);
    let given = key === undefined ? undefined : lastGiven.get(request.raw.socket);
    if (key !== undefined && given?.key !== key) {
      given = look(key, known);
      lastGiven.set(request.raw.socket, given);
    }
    request.caller = given?.caller ?? anonymous;
    const { url: route } = request.routeOptions;
    if (isOpenRoute(route) || request.method === 'OPTIONS') return done();
    if (route?.startsWith(adminRoutes)) {
      if (given === undefined) return done(missingKey());
      return isOneOf(admins, given.digest) ? done() : done(invalidKey());
    }
    if (given?.caller.isKnown) return done();
    if (key !== undefined && guard !== undefined && isOfStore(key)) {
      admit(request, reply, { guard, key, counts: !isSocket(request.raw) }).then(() => done(), done);
      return;
    }
    if (isOpen) done();
    else done(given === undefined ? missingKey() : invalidKey());
  });
}

interface Stored {
  readonly guard: KeyGuard;
  readonly key: string;
  readonly counts: boolean;
}

async function admit(request: FastifyRequest, reply: FastifyReply, stored: Stored): Promise<void> {
  const { guard, key, counts } = stored;
  if (!counts) {
    const { tenant } = await guard.check(key);
    request.caller = { tenant, isKnown: true, enter: () => guard.enter(key) };
    return;
  }
  const { tenant, headers, leave } = await guard.enter(key).catch((error: unknown) => {
    if (error instanceof TooManyRequests) reply.headers(error.headers);
    throw error;
  });
  request.caller = { tenant, isKnown: true };
  reply.headers(headers);
  if (reply.raw.destroyed) leave();
  else reply.raw.once('close', leave);
}

const isOneOf = (digests: readonly Buffer[], given: Buffer): boolean =>
  digests.some((one) => timingSafeEqual(one, given));

function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' && plain.trim() !== '' ? plain.trim() : undefined);
}

function look(key: string, known: readonly Buffer[]): Given {
  const bytes = digest(key);
  const tenant = bytes.toString('hex', 0, 16);
  return { key, digest: bytes, caller: isOneOf(known, bytes) ? { tenant, isKnown: true } : { tenant } };
}

const digest = (key: string): Buffer => hash('sha256', key, 'buffer');

const missingKey = () => openaiError(401, 'No API key was given.', 'authentication_error', 'missing_api_key');
