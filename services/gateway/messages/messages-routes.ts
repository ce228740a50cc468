import type { FastifyReply, FastifyRequest } from 'fastify';
import { callSignal } from '../../kit/http/call-signal.ts';
import { tagOperation } from '../../kit/operation-id.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { Gateway } from '../gateway.ts';
import { completeChat } from '../model/chat-upstream.ts';
import type { ModelCall } from '../model/model-call.ts';
import { targetOf } from '../model/target.ts';
import { addAnthropicErrors, invalidRequest } from './anthropic-error.ts';
import { type ChatRequest, chatRequestOf } from './chat-request.ts';
import { askedOf, messageOf } from './message-answer.ts';
import { CountTokensRequest, MessageAnswer, MessagesRequest, TokenCount } from './messages-schema.ts';
import { addJsonBody } from './request-body.ts';
import { answerStream } from './stream-answer.ts';
import { countTokens } from './token-count.ts';
import { askTolerantly } from './upstream-answer.ts';

/** Streams have named events since; what came later (2026-10-21) added fields, which all answers have. */
const firstVersion = '2023-06-01';

/** POST /v1/messages and /v1/messages/count_tokens: the Messages API over chat models. Errors below are its own, too. */
export async function addMessagesRoutes(app: TypedServer, gateway: Gateway): Promise<void> {
  await app.register(
    async (plain) => {
      addAnthropicErrors(plain);
      addJsonBody(plain);
      plain.addHook('onRequest', checkVersion);
      const scope = plain as unknown as TypedServer;
      addCreate(scope, gateway);
      addCount(scope, gateway);
    },
    { prefix: '/v1/messages' },
  );
}

function addCreate(scope: TypedServer, { settings, plane, targets, cutOff }: Gateway): void {
  const schema = {
    summary: 'Create a message',
    description:
      'The Messages API over any model of this gateway. With `stream` the answer is `text/event-stream`; it is whole ' +
      'only if it ends with `message_stop`, and an `error` event is the end of one that is not.',
    tags: ['messages'],
    body: MessagesRequest,
    response: { 200: MessageAnswer },
  };
  scope.post('/', { schema }, async (request, reply) => {
    const { body } = request;
    tagOperation(request, body.messages);
    const target = targetOf(targets, body.model);
    const chat = chatRequestOf(body);
    const call = callOf(request, reply, target, chat, cutOff);
    const asked = askedOf(body, countTokens(chat));
    if (body.stream === true) {
      await answerStream(plane, call, asked, reply, settings);
      return reply;
    }
    const completion = await askTolerantly(call, (each) => completeChat(plane, each));
    return messageOf(completion, asked);
  });
}

function addCount(scope: TypedServer, { targets }: Gateway): void {
  const schema = {
    summary: 'Count the tokens of a message',
    description:
      'An estimate that needs no model: a quarter of the UTF-8 bytes, with something for each message, tool and image.',
    tags: ['messages'],
    body: CountTokensRequest,
    response: { 200: TokenCount },
  };
  scope.post('/count_tokens', { schema }, async ({ body }) => {
    targetOf(targets, body.model);
    return { input_tokens: countTokens(chatRequestOf(body)) };
  });
}

function callOf(
  { id, correlationId, log }: FastifyRequest,
  reply: FastifyReply,
  target: ModelCall['target'],
  request: ChatRequest,
  cutOff: AbortSignal,
): ModelCall {
  const signal = callSignal(reply.raw, cutOff);
  return { target, request, requestId: id, correlationId, log, signal };
}

/** Versions are dates. Official clients send the one they were made for; whoever sends none is answered alike. */
async function checkVersion(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('request-id', request.id);
  reply.header('access-control-expose-headers', 'Request-Id, X-Request-Id, X-Correlation-ID');
  const asked = request.headers['anthropic-version'];
  if (asked === undefined) return;
  if (/^\d{4}-\d\d-\d\d$/.test(String(asked)) && String(asked) >= firstVersion) return;
  throw invalidRequest(`anthropic-version: '${String(asked).slice(0, 40)}' is not a valid version.`);
}
