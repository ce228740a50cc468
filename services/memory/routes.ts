import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientGone } from '../kit/http/client-gone.ts';
import { tagOperation } from '../kit/operation-id.ts';
import type { TypedServer } from '../kit/server.ts';
import type { WorkerContext } from '../kit/service.ts';
import { DetailError } from './detail-error.ts';
import { extractMemories } from './extract.ts';
import * as store from './memory-store.ts';
import { admitRequest } from './rate-limit.ts';
import { recallMemories } from './recall.ts';
import * as schema from './schema.ts';
import type { MemorySettings } from './settings.ts';

/** Adds the routes below /memories. */
export function addMemoryRoutes(
  app: TypedServer,
  { sql, leaseSql }: Pick<WorkerContext, 'sql' | 'leaseSql'>,
  settings: MemorySettings,
): void {
  const tags = ['memories'];
  // Runs after validation, so that there is a user to count for.
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
    const { user_id: userId } = (request.body ?? request.query) as { user_id: string };
    const { admitted, retryAfterSeconds } = await admitRequest(sql, userId, settings.requestsPerMinute);
    if (admitted) return;
    reply.header('retry-after', retryAfterSeconds);
    throw new DetailError(429, 'Rate limit exceeded');
  };
  const notFound = () => new DetailError(404, 'Memory not found');

  app.post(
    '/memories/extract',
    {
      schema: {
        tags,
        summary: 'Remember what a conversation tells about its user',
        body: schema.ExtractRequest,
        response: { 200: schema.ExtractResponse, ...schema.sharedAnswers },
      },
      preHandler,
    },
    async (request, reply) => {
      const { user_id: userId, conversation } = request.body;
      tagOperation(request, conversation);
      const context = { sql, leaseSql, settings, log: request.log, signal: clientGone(reply.raw) };
      const { saved, total } = await extractMemories(userId, conversation, context);
      return { memories_saved: [...saved], total_user_memories: total };
    },
  );

  app.get(
    '/memories/relevant',
    {
      schema: {
        tags,
        summary: 'Memories that help to answer a prompt, most helpful first',
        querystring: schema.RelevantQuery,
        response: { 200: schema.RelevantResponse, ...schema.sharedAnswers },
      },
      preHandler,
    },
    async (request, reply) => {
      const { user_id: userId, prompt } = request.query;
      tagOperation(request, [{ role: 'user', content: prompt }]);
      const context = { sql, settings, log: request.log, signal: clientGone(reply.raw) };
      return { memories: [...(await recallMemories(userId, prompt, context))] };
    },
  );

  app.get(
    '/memories/full',
    {
      schema: {
        tags,
        summary: 'Chosen memories with their full texts, newest first',
        querystring: schema.FullQuery,
        response: { 200: schema.MemoriesResponse, ...schema.sharedAnswers },
      },
      preHandler,
    },
    async (request) => {
      const ids = request.query.ids.split(',').map((id) => id.trim());
      return { memories: await store.findMemories(sql, request.query.user_id, ids.filter(isMemoryId)) };
    },
  );

  app.get(
    '/memories/list',
    {
      schema: {
        tags,
        summary: 'All memories of a user, newest first',
        querystring: schema.ListQuery,
        response: { 200: schema.MemoriesResponse, ...schema.sharedAnswers },
      },
      preHandler,
    },
    async (request) => {
      const { user_id: userId, limit, offset } = request.query;
      return { memories: await store.listMemories(sql, userId, limit, offset) };
    },
  );

  app.patch(
    '/memories/:id',
    {
      schema: {
        tags,
        summary: 'Edit a memory',
        params: schema.MemoryParams,
        body: schema.PatchRequest,
        response: {
          200: schema.Memory,
          400: schema.detailAnswer('No updates provided'),
          404: schema.detailAnswer('Memory not found'),
          ...schema.sharedAnswers,
        },
      },
      preHandler,
    },
    async (request) => {
      const { id } = request.params;
      const { user_id: userId, caption, full_text: fullText } = request.body;
      const changes = { caption: caption ?? undefined, fullText: fullText ?? undefined };
      if (changes.caption === undefined && changes.fullText === undefined) {
        throw new DetailError(400, 'No updates provided');
      }
      const memory = isMemoryId(id) ? await store.updateMemory(sql, userId, id, changes) : undefined;
      if (memory === undefined) throw notFound();
      return memory;
    },
  );

  app.delete(
    '/memories/clear',
    {
      schema: {
        tags,
        summary: 'Forget everything about a user',
        querystring: schema.UserQuery,
        response: { 200: schema.ClearedStatus, ...schema.sharedAnswers },
      },
      preHandler,
    },
    async (request) => {
      await store.clearMemories(sql, request.query.user_id);
      return { deleted: true as const };
    },
  );

  app.delete(
    '/memories/:id',
    {
      schema: {
        tags,
        summary: 'Forget one memory',
        params: schema.MemoryParams,
        querystring: schema.UserQuery,
        response: {
          200: schema.DeletedStatus,
          404: schema.detailAnswer('Memory not found'),
          ...schema.sharedAnswers,
        },
      },
      preHandler,
    },
    async (request) => {
      const { id } = request.params;
      if (!isMemoryId(id) || !(await store.deleteMemory(sql, request.query.user_id, id))) throw notFound();
      return { status: 'deleted' as const };
    },
  );
}

// Also keeps texts that PostgreSQL refuses, such as NUL, away from it.
function isMemoryId(id: string): boolean {
  return /^mem_[0-9a-z]{16}$/.test(id);
}
