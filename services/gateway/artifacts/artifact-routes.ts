import { Type } from 'typebox';
import { openaiError } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { Gateway } from '../gateway.ts';
import { describeArtifact, dispositionOf, isArtifactId, mimeTypeOf } from './artifact.ts';
import { deleteArtifact, readArtifact, storeArtifact } from './artifact-store.ts';

const quota = { maxBytes: 64 * 1024 * 1024, maxCount: 1_000 };
const daySeconds = 86_400;

const Described = Type.Object({
  id: Type.String(),
  object: Type.Literal('artifact'),
  type: Type.Union([
    Type.Literal('image'),
    Type.Literal('file'),
    Type.Literal('dataset'),
    Type.Literal('binary'),
  ]),
  mime_type: Type.String(),
  display_name: Type.String(),
  size_bytes: Type.Integer(),
  sha256: Type.String(),
  created_at: Type.String(),
  ttl_seconds: Type.Integer(),
  url: Type.String({ description: 'Below the address of this service' }),
});
const Id = Type.Object({ id: Type.String({ maxLength: 200 }) });

const notFound = (id: string) =>
  openaiError(404, `There is no artifact '${id}'.`, 'invalid_request_error', 'artifact_not_found', 'id');

/**
 * POST /v1/artifacts, GET and DELETE /v1/artifacts/:id: files of a tenant, which all workers have at once, and which are
 * gone when their time is over. What another tenant stored is not there.
 */
export function addArtifactRoutes(app: TypedServer, { sql }: Pick<Gateway, 'sql'>): void {
  app.register(async (plain) => {
    const scope = plain as unknown as TypedServer;
    // Here a body is a file, whatever its type says.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const schema = {
      summary: 'Store a file',
      description: 'The body is the file, at most 10 MB; its Content-Type is kept.',
      tags: ['artifacts'],
      querystring: Type.Object({
        name: Type.String({
          minLength: 1,
          maxLength: 200,
          pattern: '^[^\\u0000-\\u001f\\u007f]*$',
          default: 'file',
        }),
        ttl_seconds: Type.Integer({ minimum: 1, maximum: daySeconds, default: 3_600 }),
      }),
      response: { 201: Described },
    };
    scope.post('/v1/artifacts', { schema }, async (request, reply) => {
      const bytes = request.body as unknown;
      if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
        throw openaiError(400, 'The file is empty.', 'invalid_request_error', 'empty_file');
      }
      const { name: displayName, ttl_seconds: ttlSeconds } = request.query;
      const mimeType = mimeTypeOf(request.headers['content-type']);
      const { tenant } = request.caller;
      const artifact = await storeArtifact(sql, tenant, { displayName, mimeType, bytes, ttlSeconds }, quota);
      if (artifact === undefined) {
        const message = `At most ${quota.maxCount} artifacts and ${quota.maxBytes} bytes can be kept at a time.`;
        throw openaiError(429, message, 'insufficient_quota', 'artifact_quota_exceeded');
      }
      return reply.code(201).send(describeArtifact(artifact));
    });
  });

  const fetched = {
    summary: 'Fetch a file',
    tags: ['artifacts'],
    params: Id,
  };
  app.get('/v1/artifacts/:id', { schema: fetched }, async (request, reply) => {
    const { id } = request.params;
    const found = isArtifactId(id) ? await readArtifact(sql, request.caller.tenant, id) : undefined;
    if (found === undefined) throw notFound(id);
    const { artifact, bytes, leftSeconds } = found;
    reply.headers({
      'content-type': artifact.mimeType,
      'content-disposition': dispositionOf(artifact.displayName),
      'x-artifact-id': artifact.id,
      'x-artifact-size': String(artifact.sizeBytes),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': `private, max-age=${leftSeconds}`,
      etag: `"${artifact.sha256}"`,
    });
    if (request.headers['if-none-match'] === `"${artifact.sha256}"`) return reply.code(304).send();
    return reply.send(bytes);
  });

  const deleted = {
    summary: 'Delete a file',
    tags: ['artifacts'],
    params: Id,
    response: { 200: Type.Object({ id: Type.String(), deleted: Type.Literal(true) }) },
  };
  app.delete('/v1/artifacts/:id', { schema: deleted }, async (request) => {
    const { id } = request.params;
    if (!isArtifactId(id) || !(await deleteArtifact(sql, request.caller.tenant, id))) throw notFound(id);
    return { id, deleted: true as const };
  });
}
