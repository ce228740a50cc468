import type { FastifyBaseLogger } from 'fastify';
import type { Sql } from '../../kit/database.ts';
import { within } from '../../kit/http/within.ts';
import { OpenaiError, openaiError } from '../../kit/openai-error.ts';
import { digestOf, hasForm } from './api-key.ts';
import { createKeyLookup, findKeys } from './key-lookup.ts';
import { type Admission, createKeyPlaces } from './key-places.ts';

/** One request of a key of the store that may go on. */
export interface Entry {
  readonly tenant: string;
  /** What the answer tells of the key's limit. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gives back the place that the request had among those under way. */
  readonly leave: () => void;
}

/** Knows the keys of the store. */
export interface KeyGuard {
  /** Whether a key may be used now, without counting it. @throws 401; 503 when the store can't be asked */
  check(key: string): Promise<{ readonly tenant: string }>;
  /** Counts a request of a key. @throws 401; 429 with the time to wait; 503 when the store can't be asked */
  enter(key: string): Promise<Entry>;
  end(): Promise<void>;
}

/** A request whose key can't be looked up is refused: nobody gets in because a database is away. */
const storeTimeoutMs = 5_000;

export const invalidKey = (): OpenaiError =>
  openaiError(401, 'The API key is not valid.', 'authentication_error', 'invalid_api_key');

const nothing = () => undefined;

export function createKeyGuard(sql: Sql, leaseSql: Sql, log: FastifyBaseLogger): KeyGuard {
  const lookUp = createKeyLookup(findKeys(sql));
  const places = createKeyPlaces(sql, leaseSql, log);

  const find = async (key: string) => {
    if (!hasForm(key)) throw invalidKey();
    const looked = lookUp(digestOf(key)).then((live) => ({ live }));
    const found = await within(looked, storeTimeoutMs).catch((err: unknown) => {
      log.warn({ err }, 'a key was not looked up');
      return undefined;
    });
    if (found === undefined) throw unavailable();
    if (found.live === undefined) throw invalidKey();
    return found.live;
  };

  return {
    check: find,
    enter: async (key) => {
      const { id, tenant, hasLimits } = await find(key);
      if (!hasLimits) return { tenant, headers: {}, leave: nothing };
      const admitting = places.admit(id);
      const admission = await within(admitting, storeTimeoutMs);
      if (admission === undefined) {
        admitting.then(({ leave }) => leave(), nothing);
        throw unavailable();
      }
      if (admission.verdict === 'revoked') throw invalidKey();
      if (admission.verdict !== 'admitted') throw tooMany(admission);
      return { tenant, headers: limitHeaders(admission), leave: admission.leave };
    },
    end: () => places.end(),
  };
}

/** A limit of the key is reached; its headers say which. */
export class TooManyRequests extends OpenaiError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(message: string, waitSeconds: number, headers: Readonly<Record<string, string>>) {
    super(429, openaiError(429, message, 'rate_limit_error', 'rate_limit_exceeded').body);
    this.retryAfter = String(waitSeconds);
    this.headers = headers;
  }
}

function tooMany(admission: Admission): TooManyRequests {
  const { verdict, allowed, resetSeconds } = admission;
  const isRate = verdict === 'rate';
  const message = isRate
    ? `This key has used its ${allowed} requests of this window.`
    : 'This key has as many requests under way as it may.';
  return new TooManyRequests(message, isRate ? waitSeconds(resetSeconds) : 1, limitHeaders(admission));
}

/** As OpenAI's API tells it (API reference, "Rate limits"), for clients that pace themselves. */
function limitHeaders({ allowed, remaining, resetSeconds }: Admission): Record<string, string> {
  if (allowed === null) return {};
  return {
    'x-ratelimit-limit-requests': String(allowed),
    'x-ratelimit-remaining-requests': String(remaining ?? 0),
    'x-ratelimit-reset-requests': `${waitSeconds(resetSeconds)}s`,
  };
}

const waitSeconds = (seconds: number | null): number => Math.max(1, Math.ceil(seconds ?? 0));

const unavailable = (): OpenaiError =>
  openaiError(503, 'The API key cannot be checked now.', 'server_error', 'database_unavailable');
