import type { FastifyRequest } from 'fastify';
import { noTrace } from '../../kit/debug/trace.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { ChatCall } from '../chat/chat-call.ts';
import type { Gateway } from '../gateway.ts';
import { targetOf } from '../model/target.ts';

/** What APIs have in common that only providers offer. */
export interface PassedBody {
  readonly model: string;
  readonly stream?: boolean | null | undefined;
}

/**
 * A request that goes to the provider of its model as it came, at `path` below the provider's base address. Throws 404
 * for an unknown model and 400 `model_not_supported` for an agent, which speaks the Chat Completions API alone.
 */
export function passedCall(
  { targets, plane, upstreams }: Pick<Gateway, 'targets' | 'plane' | 'upstreams'>,
  request: Pick<FastifyRequest, 'id' | 'correlationId' | 'log' | 'headers'>,
  body: PassedBody,
  path: string,
): ChatCall {
  const target = targetOf(targets, body.model);
  if (target.kind === 'agent') {
    const message = `The model '${body.model}' is an agent: it answers chats only.`;
    throw openaiError(400, message, 'invalid_request_error', 'model_not_supported', 'model');
  }
  return {
    target,
    request: body as ChatCall['request'],
    path,
    ids: {
      requestId: request.id,
      correlationId: request.correlationId,
      stream: body.stream === true,
    },
    completionId: undefined,
    log: request.log,
    trace: noTrace,
    upstreams,
    observe: plane.observe,
  };
}
