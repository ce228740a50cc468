import { ChatCompletion, ChatCompletionRequest } from '../../kit/chat-schema.ts';
import { callSignal } from '../../kit/http/call-signal.ts';
import { tagOperation } from '../../kit/operation-id.ts';
import type { TypedServer } from '../../kit/server.ts';
import { scopedId } from '../debug/scoped-id.ts';
import type { Gateway } from '../gateway.ts';
import { routeRequest } from '../model/target.ts';
import { checkAgentRequest } from './agent-request.ts';
import type { ChatCall } from './chat-call.ts';
import { readableFiles } from './file-parts.ts';
import { answerJson } from './json-completion.ts';
import { answerStream } from './stream-completion.ts';

/** POST /v1/chat/completions, whole or streamed. */
export function addChatRoute(app: TypedServer, gateway: Gateway): void {
  const { settings, agent, targets, upstreams, debugRuns, cutOff, plane } = gateway;
  const schema = {
    summary: 'Create a chat completion',
    description:
      'Goes to the agent named by `competitor_id`, else to what offers `model`. With `stream` the answer is ' +
      '`text/event-stream`; it is complete only if it ends with `data: [DONE]`.',
    tags: ['chat'],
    body: ChatCompletionRequest,
    response: { 200: ChatCompletion },
  };
  app.post('/v1/chat/completions', { schema }, async (request, reply) => {
    const op = tagOperation(request, request.body.messages);
    const target = routeRequest(targets, request.body);
    checkAgentRequest(target, request.body);
    const messages = readableFiles(request.body.messages);
    const stream = request.body.stream === true;
    const debug = request.body.debug === true;
    if (request.body.enable_memory === true) {
      await gateway.memoryOwner(request.caller, request.body.user_id);
    }
    const debugId = debug ? scopedId(request.caller.tenant, request.id) : undefined;
    const trace = await debugRuns.begin(debug, {
      requestId: request.id,
      ...(debugId === undefined ? {} : { key: debugId }),
      correlationId: request.correlationId,
      op,
    });
    if (debug) reply.header('x-debug-request-id', request.id);
    const call: ChatCall = {
      target,
      request:
        messages === request.body.messages ? request.body : { ...request.body, messages: [...messages] },
      ids: {
        requestId: request.id,
        correlationId: request.correlationId,
        debugId,
        stream,
        baselineAgent: request.headers['x-baseline-agent'],
      },
      completionId: request.headers['x-request-id'] === request.id ? request.id : undefined,
      log: request.log,
      trace,
      upstreams,
      observe: plane.observe,
    };
    const signal = callSignal(reply.raw, cutOff, stream ? undefined : settings.requestTimeoutMs);
    if (stream) await answerStream(call, reply, agent, signal, settings);
    else await answerJson(call, reply, agent, signal);
    return reply;
  });
}
