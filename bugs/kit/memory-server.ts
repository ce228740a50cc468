import fastify from 'fastify';
import { type Memory, type Message, relevantTo } from './memories.ts';

/** What the routes need; where a bug sits, its own version of one of these has it. */
export interface MemoryStore {
  list(user: string): Promise<readonly Memory[]>;
  extract(user: string, conversation: readonly Message[]): Promise<readonly Memory[]>;
  update(user: string, id: string, changes: Partial<Memory>): Promise<Memory | undefined>;
  remove(user: string, id: string): Promise<boolean>;
  clear(user: string): Promise<void>;
  /** Whether the user may ask once more; without it everybody may. */
  admit?(user: string): Promise<boolean>;
}

type Query = Readonly<Record<string, string>>;

interface Changes {
  readonly user_id: string;
  readonly caption?: string | null;
  readonly full_text?: string | null;
}

/** The routes of the memory service on one worker. */
export async function serveMemories(store: MemoryStore): Promise<void> {
  const app = fastify();
  app.get('/health', async () => ({ status: 'ok' }));
  app.addHook('preHandler', async ({ query, body }, reply) => {
    const { user_id: user } = { ...(query as Query), ...(body as Query | undefined) };
    if (user === undefined || store.admit === undefined || (await store.admit(user))) return;
    return reply.code(429).send({ detail: 'Too many requests' });
  });
  app.post('/memories/extract', async ({ body }) => {
    const { user_id: user, conversation } = body as { user_id: string; conversation: Message[] };
    const saved = await store.extract(user, conversation);
    return { memories_saved: saved, total_user_memories: (await store.list(user)).length };
  });
  app.get('/memories/list', async ({ query }) => {
    const { user_id: user = '', limit = 50, offset = 0 } = query as Query;
    const memories = await store.list(user);
    return { memories: memories.slice(Number(offset), Number(offset) + Number(limit)) };
  });
  app.get('/memories/full', async ({ query }) => {
    const { user_id: user = '', ids = '' } = query as Query;
    const wanted = new Set(ids.split(',').map((id) => id.trim()));
    return { memories: (await store.list(user)).filter(({ id }) => wanted.has(id)) };
  });
  app.get('/memories/relevant', async ({ query }) => {
    const { user_id: user = '', prompt = '' } = query as Query;
    return { memories: relevantTo(prompt, await store.list(user)) };
  });
  app.patch('/memories/:id', async ({ params, body }, reply) => {
    const { user_id: user, caption, full_text: fullText } = body as Changes;
    const changes = { ...(caption ? { caption } : {}), ...(fullText ? { full_text: fullText } : {}) };
    if (Object.keys(changes).length === 0) return reply.code(400).send({ detail: 'No updates provided' });
    const changed = await store.update(user, (params as Query).id ?? '', changes);
    return changed ?? reply.code(404).send({ detail: 'Memory not found' });
  });
  app.delete('/memories/clear', async ({ query }) => {
    await store.clear((query as Query).user_id ?? '');
    return { deleted: true };
  });
  app.delete('/memories/:id', async ({ params, query }, reply) => {
    const found = await store.remove((query as Query).user_id ?? '', (params as Query).id ?? '');
    return found ? { status: 'deleted' } : reply.code(404).send({ detail: 'Memory not found' });
  });
  await app.listen({ port: Number(process.env.PORT ?? 8003), host: process.env.HOST ?? '127.0.0.1' });
}
