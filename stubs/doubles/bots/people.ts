import type { FastifyInstance } from 'fastify';
import type { ChatLog } from './chat-log.ts';
import type { Limits } from './limits.ts';

interface Said {
  readonly chat: string;
  readonly text?: string;
  readonly thread?: string;
  readonly replyTo?: number;
  readonly voiceBase64?: string;
}

/**
 * How tests play the people of a chat: `POST …/people/say` and `remove`, `GET …/people/messages?chat=`, `POST …/people/limit` for calls
 * of the bot that are refused as too many.
 */
export function peopleRoutes(server: FastifyInstance, base: string, log: ChatLog, limits: Limits): void {
  server.post<{ Body: Said }>(`${base}/people/say`, async ({ body }) => {
    const { chat, text = '', thread, replyTo, voiceBase64 } = body;
    const voice = voiceBase64 === undefined ? undefined : log.record(Buffer.from(voiceBase64, 'base64'));
    return log.add({
      ...{ chat, from: 'person', text },
      ...(thread === undefined ? {} : { thread }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(voice === undefined ? {} : { voice }),
    });
  });
  server.get<{ Querystring: { readonly chat: string } }>(`${base}/people/messages`, async ({ query }) =>
    log.after(0, query.chat),
  );
  server.post<{ Body: { readonly chat: string; readonly id: number } }>(
    `${base}/people/remove`,
    async ({ body }, reply) => {
      const message = log.find(body.chat, body.id);
      if (!message) return reply.code(404).send({});
      message.isDeleted = true;
      return {};
    },
  );
  server.post<{ Body: { chat: string; method: string; times: number; retryAfterSeconds: number } }>(
    `${base}/people/limit`,
    async ({ body }) => {
      limits.order(body.method, body.chat, body.times, body.retryAfterSeconds);
      return {};
    },
  );
}
