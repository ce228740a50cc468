import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientGone } from '../../../kit/http/client-gone.ts';
import { openEventStream } from '../../../kit/http/sse.ts';
import { operationIdOf } from '../../../kit/operation-id.ts';
import type { Item, ResponseEvent, ResponseObject } from '../events/response-event.ts';
import { type ReadRequest, readRequest } from '../request/read-request.ts';
import { ResponseRequest } from '../request/request-schema.ts';
import type { Responses } from '../responses.ts';
import type { ResponseCaller } from '../run/engine.ts';
import { newId } from '../run/new-id.ts';
import { unchecked } from './json-body.ts';

export interface StreamSettings {
  readonly keepAliveMs: number;
  /** A client that reads nothing for this long is disconnected. */
  readonly requestTimeoutMs: number;
}

/** POST /v1/responses: whole, streamed, or in the background. */
export function addCreateRoute(scope: FastifyInstance, responses: Responses, settings: StreamSettings): void {
  const schema = {
    summary: 'Create a response',
    description:
      'With `stream` the answer is `text/event-stream` and ends with `response.completed`, `response.incomplete` or ' +
      '`response.failed`; a stream without one of them is truncated. With `background` it is `queued`.',
    tags: ['responses'],
    body: ResponseRequest,
  };
  scope.post('/v1/responses', { schema, ...unchecked }, async (request, reply) => {
    const read = readRequest(request.body, newId);
    const op = operationIdOf(lastTextOf(read.input));
    if (op !== undefined) request.log = request.log.child({ op });
    const caller = callerOf(request, clientGone(reply.raw));
    if (read.background) {
      const response = await responses.enqueue(read, caller);
      if (read.fields.stream !== true) return response;
      return sendEvents(reply, settings, responses.follow(response.id, -1, caller.signal));
    }
    if (read.fields.stream === true) return sendEvents(reply, settings, responses.run(read, caller));
    return wholeOf(responses.run(read, caller, { stream: false }));
  });
}

export function callerOf(request: FastifyRequest, signal: AbortSignal): ResponseCaller {
  const { id: requestId, correlationId, log, caller } = request;
  return { tenant: caller.tenant, requestId, correlationId, log, signal };
}

/** Sends events at the client's pace. The first one is awaited: a failure before it is thrown, with its status. */
export async function sendEvents(
  reply: FastifyReply,
  settings: StreamSettings,
  events: AsyncGenerator<ResponseEvent, void>,
): Promise<FastifyReply> {
  let step = await events.next();
  const client = openEventStream(reply, {
    keepAliveMs: settings.keepAliveMs,
    stallTimeoutMs: settings.requestTimeoutMs,
  });
  try {
    while (!step.done) {
      await client.send(step.value, step.value.type);
      step = await events.next();
    }
  } catch (err) {
    // Whatever it was, a stream without a terminal event is known to be cut.
    if (!client.aborted.aborted) reply.log.error({ err }, 'response stream broke off');
  } finally {
    await events.return();
    client.end();
  }
  return reply;
}

async function wholeOf(events: AsyncGenerator<ResponseEvent, void>): Promise<ResponseObject> {
  let last: ResponseEvent | undefined;
  for await (const event of events) last = event;
  return last?.response as ResponseObject;
}

/** The text of the last message of a user. */
export function lastTextOf(input: ReadRequest['input']): string {
  const content = input.findLast(({ role }: Item) => role === 'user')?.content;
  if (!Array.isArray(content)) return '';
  return content.map(({ text }: { text?: unknown }) => (typeof text === 'string' ? text : '')).join('\n');
}
