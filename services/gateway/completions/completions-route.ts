import { Type } from 'typebox';
import { callSignal } from '../../kit/http/call-signal.ts';
import { openaiError } from '../../kit/openai-error.ts';
import { operationIdOf } from '../../kit/operation-id.ts';
import type { TypedServer } from '../../kit/server.ts';
import { answerJson } from '../chat/json-completion.ts';
import { answerStream } from '../chat/stream-completion.ts';
import type { Gateway } from '../gateway.ts';
import { passedCall } from './passed-call.ts';
import { Prompt } from './prompt.ts';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

/** Fields of the Completions API (OpenAI API reference, "Completions"); others pass unchecked. */
const CompletionRequest = Type.Object({
  model: Type.String({ minLength: 1 }),
  prompt: nullable(Prompt),
  suffix: nullable(Type.String()),
  max_tokens: nullable(Type.Integer({ minimum: 0 })),
  temperature: nullable(Type.Number({ minimum: 0, maximum: 2 })),
  top_p: nullable(Type.Number({ minimum: 0, maximum: 1 })),
  n: nullable(Type.Integer({ minimum: 1, maximum: 128 })),
  best_of: nullable(Type.Integer({ minimum: 1, maximum: 20 })),
  echo: nullable(Type.Boolean()),
  logprobs: nullable(Type.Integer({ minimum: 0, maximum: 5 })),
  stop: nullable(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 4 })])),
  stream: nullable(Type.Boolean()),
  stream_options: nullable(Type.Object({ include_usage: Type.Optional(Type.Boolean()) })),
  user: Type.Optional(Type.String()),
});

const TextCompletion = Type.Object({
  id: Type.String(),
  object: Type.Literal('text_completion'),
  created: Type.Integer(),
  model: Type.String(),
  choices: Type.Array(
    Type.Object({
      index: Type.Integer(),
      text: Type.String(),
      finish_reason: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

/** POST /v1/completions, whole or streamed: to providers only, whose answer passes as it is. */
export function addCompletionsRoute(app: TypedServer, gateway: Gateway): void {
  const { settings, agent, cutOff } = gateway;
  const schema = {
    summary: 'Complete a text',
    description:
      'Every parameter goes to the provider of the model; agents answer chats only. A stream is complete only if it ' +
      'ends with `data: [DONE]`.',
    tags: ['completions'],
    body: CompletionRequest,
    response: { 200: TextCompletion },
  };
  app.post('/v1/completions', { schema }, async (request, reply) => {
    const { body } = request;
    checkTogether(body);
    const op = typeof body.prompt === 'string' ? operationIdOf(body.prompt) : undefined;
    if (op !== undefined) request.log = request.log.child({ op });
    const call = passedCall(gateway, request, body, '/completions');
    const signal = callSignal(reply.raw, cutOff, call.ids.stream ? undefined : settings.requestTimeoutMs);
    if (call.ids.stream) await answerStream(call, reply, agent, signal, settings);
    else await answerJson(call, reply, agent, signal);
    return reply;
  });
}

/** What the API refuses of fields that are right by themselves. */
function checkTogether(body: {
  readonly n?: number | null | undefined;
  readonly best_of?: number | null | undefined;
  readonly stream?: boolean | null | undefined;
}): void {
  const { n, best_of: bestOf, stream } = body;
  if (bestOf === undefined || bestOf === null) return;
  const refuse = (message: string) =>
    openaiError(422, message, 'invalid_request_error', 'invalid_value', 'best_of');
  if (bestOf < (n ?? 1)) throw refuse("'best_of' must not be less than 'n'.");
  if (stream && bestOf > (n ?? 1)) throw refuse("'best_of' cannot choose among answers that are streamed.");
}
