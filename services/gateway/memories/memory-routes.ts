import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { request as send } from 'undici';
import { readBody } from '../../kit/http/bounded-body.ts';
import { clientGone } from '../../kit/http/client-gone.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { Gateway } from '../gateway.ts';
import { connectionFailure } from '../upstream/upstream-failure.ts';

const usualTimeoutMs = 15_000;
const clearTimeoutMs = 30_000;
const maxAnswerBytes = 16 * 1024 * 1024;
const service = 'The memory service';

const User = Type.Object({ user_id: Type.String({ format: 'uuid' }) });
const MemoryId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const Page = Type.Object({
  user_id: Type.String({ format: 'uuid' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
});
const Update = Type.Object({
  user_id: Type.String({ format: 'uuid' }),
  caption: Type.Optional(Type.String()),
  full_text: Type.Optional(Type.String()),
});

/** /api/memories: the memory service behind the gateway. Its statuses and bodies are passed on unchanged. */
export function addMemoryRoutes(app: TypedServer, gateway: Gateway): void {
  const tags = ['memories'];
  // The memory service is the one judge of its input: the schemas here describe, they don't decide.
  const open = { validatorCompiler: () => () => true } as const;

  app.get(
    '/api/memories',
    { ...open, schema: { summary: 'List memories', tags, querystring: Page } },
    (request, reply) => proxy(gateway, request, reply, 'GET', '/memories/list'),
  );
  app.delete(
    '/api/memories/clear',
    { ...open, schema: { summary: "Delete all of a user's memories", tags, querystring: User } },
    (request, reply) => proxy(gateway, request, reply, 'DELETE', '/memories/clear', clearTimeoutMs),
  );
  app.patch(
    '/api/memories/:id',
    { ...open, schema: { summary: 'Change a memory', tags, params: MemoryId, body: Update } },
    (request, reply) => proxy(gateway, request, reply, 'PATCH', memoryPath(request.params.id)),
  );
  app.delete(
    '/api/memories/:id',
    { ...open, schema: { summary: 'Delete a memory', tags, params: MemoryId, querystring: User } },
    (request, reply) => proxy(gateway, request, reply, 'DELETE', memoryPath(request.params.id)),
  );
}

function memoryPath(id: string): string {
  return `/memories/${encodeURIComponent(id)}`;
}

async function proxy(
  { settings, agent, cutOff, memoryOwner }: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  method: 'GET' | 'PATCH' | 'DELETE',
  path: string,
  timeoutMs = usualTimeoutMs,
): Promise<FastifyReply> {
  if (settings.memoryUrl === undefined) {
    throw openaiError(503, `${service} is not configured.`, 'server_error', 'memory_not_configured');
  }
  const [, query] = request.url.split(/\?(.*)/s);
  const hasBody = method === 'PATCH';
  const { user_id: userIds } = ((hasBody ? request.body : request.query) ?? {}) as {
    readonly user_id?: unknown;
  };
  // One that is given twice is whichever the memory service takes.
  for (const userId of [userIds].flat()) await memoryOwner(request.caller, userId);
  try {
    const upstream = await send(`${settings.memoryUrl}${path}${query ? `?${query}` : ''}`, {
      method,
      dispatcher: agent,
      signal: AbortSignal.any([clientGone(reply.raw), cutOff, AbortSignal.timeout(timeoutMs)]),
      headers: {
        accept: 'application/json',
        'x-request-id': request.id,
        'x-correlation-id': request.correlationId,
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
    });
    const body = await readBody(upstream.body, maxAnswerBytes);
    const { 'content-type': type, 'retry-after': retryAfter } = upstream.headers;
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    return reply
      .code(upstream.statusCode)
      .type(typeof type === 'string' ? type : 'application/json; charset=utf-8')
      .send(body);
  } catch (cause) {
    throw connectionFailure(cause, service);
  }
}
