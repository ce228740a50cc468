import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openaiError } from '../kit/openai-error.ts';

/** Who sends a request. What one tenant stored, another can't see. */
export interface Caller {
  /** Stable for one API key; `anonymous` without a key. Safe to store and to log: the key can't be had from it. */
  readonly tenant: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** What a key was found to be. */
interface Given {
  readonly key: string;
  readonly caller: Caller;
  readonly isKnown: boolean;
}

const anonymous: Caller = { tenant: 'anonymous' };
/** Routes that need a key where keys are configured. Those that say how the service is, or what it offers, are open. */
const keyed = /^\/(?:v1\/|metrics$)/;

/**
 * Knows callers by `Authorization: Bearer KEY` or `x-api-key: KEY`. With `apiKeys` every route below /v1, and /metrics,
 * refuses other keys with 401; without any, each key is taken as a tenant of its own.
 */
export function addCallers(app: FastifyInstance, apiKeys: readonly string[]): void {
  const known = apiKeys.map(digest);
  // The key that came last over a connection: the next one is nearly always the same, and need not be hashed again.
  const lastGiven = new WeakMap<object, Given>();
  app.decorateRequest('caller', null as unknown as Caller);
  app.addHook('onRequest', (request, _reply, done) => {
    const key = keyOf(request);
    let given = key === undefined ? undefined : lastGiven.get(request.raw.socket);
    if (key !== undefined && given?.key !== key) {
      given = look(key, known);
      lastGiven.set(request.raw.socket, given);
    }
    request.caller = given?.caller ?? anonymous;
    // By the route and not the address: `/%76%31/models` is an address of /v1/models.
    const { url: route = request.url } = request.routeOptions;
    const isOpen = known.length === 0 || !keyed.test(route) || request.method === 'OPTIONS';
    if (isOpen) done();
    else if (given === undefined) done(refused('No API key was given.', 'missing_api_key'));
    else if (given.isKnown) done();
    else done(refused('The API key is not valid.', 'invalid_api_key'));
  });
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  const plain = headers['x-api-key'];
  return bearer ?? (typeof plain === 'string' && plain.trim() !== '' ? plain.trim() : undefined);
}

function look(key: string, known: readonly Buffer[]): Given {
  const bytes = digest(key);
  const isKnown = known.some((one) => timingSafeEqual(one, bytes));
  return { key, caller: { tenant: bytes.toString('hex', 0, 16) }, isKnown };
}

const digest = (key: string): Buffer => hash('sha256', key, 'buffer');

const refused = (message: string, code: string) => openaiError(401, message, 'authentication_error', code);
