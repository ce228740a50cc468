import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { keyOf, modelApis } from './model-api.ts';

/** What a model says here to anything it is asked. */
const words = 'SMOKE_PONG';
const usage = { input_tokens: 8, output_tokens: 2 };

const modelOf = (name: string) => modelApis.find((api) => api.name === name)?.model;

/** The APIs of Anthropic and Gemini themselves, with the places in which each takes a key. */
export function nativeApiRoutes(server: FastifyInstance): void {
  messagesRoute(server, 'anthropic', '/anthropic/v1');
  messagesRoute(server, 'deepseek', '/deepseek/anthropic/v1');

  server.post<{ Params: { readonly call: string }; Querystring: { readonly key?: string } }>(
    '/gemini/v1beta/models/:call',
    async ({ params, query, headers, id }, reply) => {
      const key = headers['x-goog-api-key'] ?? query.key;
      if (key !== keyOf('gemini')) {
        const [code, status] = key === undefined ? [403, 'PERMISSION_DENIED'] : [400, 'INVALID_ARGUMENT'];
        return reply.code(code).send({ error: { code, message: 'API key not valid.', status } });
      }
      const [model, method] = params.call.split(':');
      if (method !== 'generateContent' || model !== modelOf('gemini'))
        return reply.code(404).send({ error: { code: 404, message: 'not found', status: 'NOT_FOUND' } });
      return {
        responseId: id,
        modelVersion: model,
        candidates: [
          { index: 0, finishReason: 'STOP', content: { role: 'model', parts: [{ text: words }] } },
        ],
        usageMetadata: { promptTokenCount: 8, candidatesTokenCount: 2, totalTokenCount: 10 },
      };
    },
  );
}

interface MessagesBody {
  readonly model?: string;
  readonly max_tokens?: number;
  readonly messages?: readonly unknown[];
}

function messagesRoute(server: FastifyInstance, name: string, base: string): void {
  server.post(`${base}/messages`, async (request, reply) => {
    const refuse = (status: number, type: string, message: string) =>
      reply.code(status).send({ type: 'error', error: { type, message }, request_id: `req_${request.id}` });
    if (!hasKey(name, request)) return refuse(401, 'authentication_error', 'invalid x-api-key');
    if (request.headers['anthropic-version'] === undefined && name === 'anthropic')
      return refuse(400, 'invalid_request_error', 'anthropic-version: header is required');
    const { model, max_tokens: mostTokens, messages } = (request.body ?? {}) as MessagesBody;
    if (model === undefined || model !== modelOf(name))
      return refuse(404, 'not_found_error', `model: ${model}`);
    if (!mostTokens || !messages?.length)
      return refuse(400, 'invalid_request_error', 'max_tokens and messages: Field required');
    return sendMessage(reply, model, request.id);
  });
}

/** Its key in either place, or a token of an account, which has to say that it is one. */
function hasKey(name: string, { headers }: FastifyRequest): boolean {
  const key = keyOf(name);
  if (headers['x-api-key'] !== undefined) return headers['x-api-key'] === key;
  const says = String(headers['anthropic-beta'] ?? '').includes('oauth-2025-04-20');
  return says && headers.authorization === `Bearer ${key}`;
}

function sendMessage(reply: FastifyReply, model: string, id: string): FastifyReply {
  return reply.header('request-id', `req_${id}`).send({
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: words }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage,
  });
}
