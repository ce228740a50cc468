import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { ChatCompletionRequest } from '../kit/chat-schema.ts';
import { lastUserText, tagOperation } from '../kit/operation-id.ts';
import type { TypedServer } from '../kit/server.ts';
import { type AnswerOutcome, answerChat } from './answer/answer-chat.ts';
import type { Answer } from './answer/answer-event.ts';
import type { Baseline } from './baseline.ts';
import { type BaselineTrace, baselineTrace } from './baseline-trace.ts';
import { spokenConversation, withMemories } from './memory/with-memories.ts';

/** A chat request on its way. */
export interface BaselineCall {
  /** As the client sent it; the last user message may have gained memories. */
  readonly request: ChatCompletionRequest;
  /** The client's messages, for routing: recalled memories must not decide it. */
  readonly asked: ChatCompletionRequest;
  readonly headers: FastifyRequest['headers'];
  /** User whose memories may be read; undefined when memory is off. */
  readonly memoryUser: string | undefined;
  readonly signal: AbortSignal;
  readonly trace: BaselineTrace;
  readonly log: Logger;
}

export interface ChatRouteOptions {
  /** `id` of a stream's chunks; a JSON answer carries the request id. */
  readonly streamId: (requestId: string) => string;
  /** Chooses the path and begins the answer. */
  readonly plan: (call: BaselineCall) => Promise<Answer>;
}

/** POST /v1/chat/completions with what both baselines do around their own work: debug events and memories. */
export function addChatRoute(
  app: TypedServer,
  service: Baseline,
  { streamId, plan }: ChatRouteOptions,
): void {
  const { settings, debugRuns, memory, background } = service;
  app.post('/v1/chat/completions', { schema: { body: ChatCompletionRequest } }, async (request, reply) => {
    const { body } = request;
    const op = tagOperation(request, body.messages);
    const debugId = debugIdOf(request);
    if (body.debug === true) reply.header('x-debug-request-id', debugId);
    const ids = { requestId: debugId, correlationId: request.correlationId, op };
    const trace = baselineTrace(await debugRuns.begin(body.debug === true, ids));
    const memoryUser =
      body.enable_memory === true && memory !== undefined ? (body.user_id ?? undefined) : undefined;
    const stream = body.stream === true;

    const begin = async (signal: AbortSignal): Promise<Answer> => {
      const memories =
        memoryUser === undefined
          ? []
          : await memory?.relevant(memoryUser, lastUserText(body.messages), signal);
      const messages = [...withMemories(body.messages, memories ?? [])];
      const log = request.log as Logger;
      return await plan({
        request: { ...body, messages },
        asked: body,
        headers: request.headers,
        memoryUser,
        signal,
        trace,
        log,
      });
    };

    const onSettled = async (outcome: AnswerOutcome): Promise<void> => {
      report(request, outcome);
      if (outcome.kind === 'complete' && memoryUser !== undefined && memory !== undefined) {
        background.start(memory.extract(memoryUser, spokenConversation(body.messages, outcome.text)));
      }
      if (outcome.kind === 'complete') await trace.end('response_complete', 'The answer is complete.');
      else if (outcome.kind === 'client_gone') await trace.end('client_gone', 'The client went away.');
      else await trace.end('error', outcome.error.message, { code: outcome.error.body.error.code });
    };

    await answerChat(
      reply,
      {
        stream,
        includeUsage: body.stream_options?.include_usage === true,
        identity: {
          id: stream ? streamId(request.id) : request.id,
          created: Math.floor(Date.now() / 1000),
          model: body.model,
        },
        keepAliveMs: settings.keepAliveMs,
        commitMs: settings.streamCommitMs,
        timeoutMs: settings.requestTimeoutMs,
        begin,
      },
      onSettled,
    );
    return reply;
  });
}

function debugIdOf(request: FastifyRequest): string {
  const given = request.headers['x-debug-request-id'];
  return typeof given === 'string' && /^[\w.:@/+=-]{1,128}$/.test(given) ? given : request.id;
}

function report(request: FastifyRequest, outcome: AnswerOutcome): void {
  if (outcome.kind !== 'failed') {
    request.log.info({ outcome: outcome.kind }, 'chat ended');
    return;
  }
  const { statusCode, body } = outcome.error;
  const unexpected = body.error.code === 'internal_error' ? { err: outcome.cause } : {};
  request.log.warn(
    { outcome: 'failed', status: statusCode, code: body.error.code, ...unexpected },
    'chat ended',
  );
}
