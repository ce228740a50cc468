import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ChatLog, type ChatMessage } from './chat-log.ts';
import { Limits } from './limits.ts';
import { peopleRoutes } from './people.ts';

/** The token that the double takes, and the bot that has it. */
const token = 'double-discord-token';
const bot = { id: '4343', username: 'gauntlet', discriminator: '0', bot: true };
const person = { id: '77', username: 'ann', discriminator: '0' };
const textLimit = 2_000;
const timestamp = '2025-01-01T00:00:00.000000+00:00';

interface Params {
  readonly channel: string;
  readonly message: string;
}

/** The HTTP API of Discord as far as bots of text and speech use it: https://docs.discord.com/developers/reference */
export function discordRoutes(server: FastifyInstance): void {
  const log = new ChatLog();
  const limits = new Limits();
  peopleRoutes(server, '/discord', log, limits);
  const base = '/discord/api/v10';
  const channels = `${base}/channels/:channel`;
  const fail = (reply: FastifyReply, status: number, code: number, message: string) =>
    reply.code(status).send({ message, code });

  /** Refusals that come before any method, as its answer. */
  const refusal = (request: FastifyRequest, reply: FastifyReply, method: string) => {
    if (request.headers.authorization !== `Bot ${token}`) return fail(reply, 401, 0, '401: Unauthorized');
    const retryAfter = limits.check(method, (request.params as Partial<Params>).channel ?? '');
    if (retryAfter === undefined) return undefined;
    const headers = { 'retry-after': String(retryAfter), 'x-ratelimit-scope': 'user' };
    const body = { message: 'You are being rate limited.', retry_after: retryAfter, global: false };
    return reply.code(429).headers(headers).send(body);
  };
  const route = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    name: string,
    answer: (request: FastifyRequest, params: Params, reply: FastifyReply) => unknown,
  ) =>
    server.route({
      method,
      url,
      handler: async (request, reply) =>
        refusal(request, reply, name) ?? answer(request, request.params as Params, reply),
    });
  const bodyOf = (request: FastifyRequest) => (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const badContent = (content: unknown) =>
    typeof content !== 'string' || content === '' || content.length > textLimit;
  const own = ({ channel, message }: Params) => log.find(channel, Number(message));

  // Clients write @me with and without an escape.
  route('GET', `${base}/users/:user`, 'me', () => bot);
  route('GET', channels, 'channel', (_request, { channel }) => ({ id: channel, type: 0, name: 'gauntlet' }));
  route('POST', `${channels}/typing`, 'typing', (_request, _params, reply) => reply.code(204).send());
  route('GET', `${channels}/messages`, 'list', (request, { channel }) => {
    const { after = '0', limit = '50' } = request.query as {
      readonly after?: string;
      readonly limit?: string;
    };
    const listed = log.after(Number(after), channel).filter(({ isDeleted }) => !isDeleted);
    // The oldest that are behind it, newest first.
    const newestFirst = listed.slice(0, Number(limit)).toReversed();
    return newestFirst.map((message) => shown(message, `${request.protocol}://${request.host}`));
  });
  route('POST', `${channels}/messages`, 'send', (request, { channel }, reply) => {
    const { content, message_reference: reference } = bodyOf(request);
    if (badContent(content)) return fail(reply, 400, 50_035, 'Invalid Form Body');
    const replyTo = (reference as { message_id?: string } | undefined)?.message_id;
    const answered = replyTo === undefined ? {} : { replyTo: Number(replyTo) };
    return shown(log.add({ chat: channel, from: 'bot', text: String(content), ...answered }));
  });
  route('PATCH', `${channels}/messages/:message`, 'edit', (request, params, reply) => {
    const message = own(params);
    if (!message) return fail(reply, 404, 10_008, 'Unknown Message');
    if (message.from !== 'bot')
      return fail(reply, 403, 50_005, 'Cannot edit a message authored by another user');
    const { content } = bodyOf(request);
    if (badContent(content)) return fail(reply, 400, 50_035, 'Invalid Form Body');
    log.edit(message, String(content));
    return shown(message);
  });
  route('DELETE', `${channels}/messages/:message`, 'delete', (_request, params, reply) => {
    const message = own(params);
    if (!message) return fail(reply, 404, 10_008, 'Unknown Message');
    message.isDeleted = true;
    return reply.code(204).send();
  });
  route('POST', `${channels}/messages/:message/threads`, 'thread', (request, params, reply) => {
    if (!own(params)) return fail(reply, 404, 10_008, 'Unknown Message');
    // A thread is a channel with the id of the message that it begins at.
    return reply
      .code(201)
      .send({ id: params.message, type: 11, name: bodyOf(request).name, parent_id: params.channel });
  });
  server.get<{ Params: { readonly id: string } }>('/discord/attachments/:id', async ({ params }, reply) => {
    const audio = log.recording(params.id);
    return audio ? reply.type('audio/ogg').send(audio) : fail(reply, 404, 0, '404: Not Found');
  });

  function shown({ id, chat, from, text, replyTo, voice }: ChatMessage, origin = ''): object {
    const url = `${origin}/discord/attachments/${voice}`;
    return {
      id: String(id),
      channel_id: chat,
      type: replyTo === undefined ? 0 : 19,
      content: text,
      timestamp,
      author: from === 'bot' ? bot : person,
      attachments: voice
        ? [{ id: voice, filename: 'voice-message.ogg', content_type: 'audio/ogg', url }]
        : [],
      ...(replyTo === undefined
        ? {}
        : { message_reference: { message_id: String(replyTo), channel_id: chat } }),
    };
  }
}
