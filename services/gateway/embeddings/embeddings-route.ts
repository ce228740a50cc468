import { Type } from 'typebox';
import { clientGone } from '../../kit/http/client-gone.ts';
import { operationIdOf } from '../../kit/operation-id.ts';
import type { TypedServer } from '../../kit/server.ts';
import { openCall } from '../chat/chat-call.ts';
import { answerRefusal } from '../chat/json-completion.ts';
import { passedCall } from '../completions/passed-call.ts';
import { EmbeddingInput } from '../completions/prompt.ts';
import type { Gateway } from '../gateway.ts';
import { connectionFailure, invalidAnswer } from '../upstream/upstream-failure.ts';
import { encoded, inputCount, readEmbeddingList } from './embedding-list.ts';

const maxAnswerBytes = 128 * 1024 * 1024;

/** Fields of the Embeddings API (OpenAI API reference, "Embeddings"); others pass unchecked. */
const EmbeddingRequest = Type.Object({
  model: Type.String({ minLength: 1 }),
  input: EmbeddingInput,
  encoding_format: Type.Optional(Type.Union([Type.Literal('float'), Type.Literal('base64'), Type.Null()])),
  dimensions: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 65_536 }), Type.Null()])),
  user: Type.Optional(Type.String()),
});

const EmbeddingAnswer = Type.Object({
  object: Type.Literal('list'),
  model: Type.String(),
  data: Type.Array(
    Type.Object({
      object: Type.Literal('embedding'),
      index: Type.Integer(),
      embedding: Type.Union([Type.Array(Type.Number()), Type.String({ description: 'base64' })]),
    }),
  ),
  usage: Type.Object({ prompt_tokens: Type.Integer(), total_tokens: Type.Integer() }),
});

/** POST /v1/embeddings: to the provider of the model; answered in the encoding that was asked for. */
export function addEmbeddingsRoute(app: TypedServer, gateway: Gateway): void {
  const { settings, agent, cutOff } = gateway;
  const schema = {
    summary: 'Create embeddings',
    tags: ['embeddings'],
    body: EmbeddingRequest,
    response: { 200: EmbeddingAnswer },
  };
  app.post('/v1/embeddings', { schema }, async (request, reply) => {
    const { body } = request;
    const op = typeof body.input === 'string' ? operationIdOf(body.input) : undefined;
    if (op !== undefined) request.log = request.log.child({ op });
    const call = passedCall(gateway, request, body, '/embeddings');
    const bound = AbortSignal.timeout(settings.requestTimeoutMs);
    const signal = AbortSignal.any([clientGone(reply.raw), cutOff, bound]);
    const opened = await openCall(call, agent, signal);
    if (opened.kind === 'refused') {
      await answerRefusal(call, reply, opened.error);
      return reply;
    }
    try {
      const bytes = await opened.body.bytes(maxAnswerBytes);
      const list = readEmbeddingList(bytes, inputCount(body.input));
      if (list === undefined) throw invalidAnswer(body.model);
      const { prompt_tokens = 0, total_tokens = 0 } = list.usage ?? {};
      opened.watch.success({ prompt_tokens, completion_tokens: 0, total_tokens } as never);
      const answer = encoded(list, body.encoding_format ?? 'float');
      const sent = answer === list ? bytes : JSON.stringify(answer);
      return reply.type('application/json; charset=utf-8').send(sent as never);
    } catch (cause) {
      const error = connectionFailure(cause, body.model);
      opened.watch.failure(error.statusCode, signal);
      await answerRefusal(call, reply, error);
      return reply;
    }
  });
}
