import { Type } from 'typebox';
import type { Sql } from '../../kit/database.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import { createKey, type KeyRecord, listKeys, revokeKey } from './key-store.ts';

const longestSeconds = 366 * 86_400;
const mostRequests = 1_000_000;

const Nullable = (schema: ReturnType<typeof Type.Integer>) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
const Limits = Type.Object(
  {
    requests: Nullable(Type.Integer({ minimum: 1, maximum: mostRequests })),
    window_seconds: Nullable(Type.Integer({ minimum: 1, maximum: 86_400 })),
    concurrent: Nullable(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  { additionalProperties: false },
);
const NewKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
    tenant: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' })),
    limits: Type.Optional(Limits),
    expires_in_seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: longestSeconds })),
  },
  { additionalProperties: false },
);
const Shown = Type.Object({
  id: Type.String(),
  object: Type.Literal('api_key'),
  name: Type.String(),
  hint: Type.String({ description: 'The last four characters' }),
  tenant: Type.String(),
  limits: Type.Object({
    requests: Type.Union([Type.Integer(), Type.Null()]),
    window_seconds: Type.Union([Type.Integer(), Type.Null()]),
    concurrent: Type.Union([Type.Integer(), Type.Null()]),
  }),
  created_at: Type.String(),
  expires_at: Type.Union([Type.String(), Type.Null()]),
  revoked_at: Type.Union([Type.String(), Type.Null()]),
});
const Made = Type.Intersect([Shown, Type.Object({ key: Type.String({ description: 'Told this once' }) })]);
const Page = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 64 })),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
});
const defaultWindowSeconds = 60;

/**
 * POST and GET /admin/keys, DELETE /admin/keys/:id: keys of callers, for whoever has the admin key. A key is told once,
 * when it is made. A revocation is over before it is answered: every request that begins after it is refused.
 */
export function addKeyRoutes(app: TypedServer, sql: Sql): void {
  const tags = ['keys'];
  const making = { summary: 'Make a key', tags, body: NewKey, response: { 201: Made } };
  app.post('/admin/keys', { schema: making }, async ({ body, log }, reply) => {
    const { requests = null, window_seconds: seconds, concurrent = null } = body.limits ?? {};
    if (requests === null && typeof seconds === 'number') {
      const message = "'limits.window_seconds' has no meaning without 'limits.requests'.";
      throw openaiError(422, message, 'invalid_request_error', 'invalid_value', 'limits.window_seconds');
    }
    // The name of those who give no key.
    if (body.tenant === 'anonymous') {
      throw openaiError(422, "'tenant' is taken.", 'invalid_request_error', 'invalid_value', 'tenant');
    }
    const { key, record } = await createKey(sql, {
      ...{ name: body.name, tenant: body.tenant, requests, concurrent },
      windowSeconds: requests === null ? null : (seconds ?? defaultWindowSeconds),
      expiresInSeconds: body.expires_in_seconds,
    });
    log.info({ key: record.id, tenant: record.tenant }, 'key made');
    return reply
      .header('cache-control', 'no-store')
      .code(201)
      .send({ ...shown(record), key });
  });

  const listing = { summary: 'List keys', tags, querystring: Page };
  app.get('/admin/keys', { schema: listing }, async ({ query }) => {
    const records = await listKeys(sql, query.after, query.limit + 1);
    const data = records.slice(0, query.limit).map(shown);
    return { object: 'list' as const, data, has_more: records.length > data.length };
  });

  const revoking = {
    summary: 'Revoke a key',
    tags,
    params: Type.Object({ id: Type.String({ maxLength: 64, pattern: '^[\\w-]+$' }) }),
    response: { 200: Shown },
  };
  app.delete('/admin/keys/:id', { schema: revoking }, async ({ params: { id }, log }) => {
    const record = await revokeKey(sql, id);
    if (record !== undefined) {
      log.info({ key: id, tenant: record.tenant }, 'key revoked');
      return shown(record);
    }
    throw openaiError(404, `There is no key '${id}'.`, 'invalid_request_error', 'key_not_found', 'id');
  });
}

function shown(record: KeyRecord) {
  const { id, name, hint, tenant, requests, windowSeconds, concurrent } = record;
  const time = (date: Date | null) => date?.toISOString() ?? null;
  return {
    ...{ id, object: 'api_key' as const, name, hint, tenant },
    limits: { requests, window_seconds: windowSeconds, concurrent },
    created_at: record.createdAt.toISOString(),
    expires_at: time(record.expiresAt),
    revoked_at: time(record.revokedAt),
  };
}
