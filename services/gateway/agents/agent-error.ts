import type { FastifyReply, FastifyRequest } from 'fastify';
import { openaiError } from '../../kit/openai-error.ts';
import { ControlError } from '../control-plane/control-error.ts';
import { LastEventIdError } from '../event-log/last-event-id.ts';
import { IdempotencyError } from '../idempotency/idempotency-error.ts';

/**
 * For the scope of agent runs: failures of what it shares with the control plane become errors of the OpenAI API like all
 * others below it. The 501 for a capability is the same one everywhere.
 */
export function handleAgentError(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof ControlError && error.statusCode === 501) return reply.code(501).send(error.body);
  // What is thrown here goes on to the handler of the whole server.
  throw translated(error);
}

function translated(error: unknown): unknown {
  const isShared =
    error instanceof IdempotencyError || error instanceof LastEventIdError || error instanceof ControlError;
  if (!isShared) return error;
  const { statusCode, message } = error;
  const code = error instanceof ControlError ? String(error.body.code) : error.code;
  const type = statusCode === 429 ? 'rate_limit_error' : 'invalid_request_error';
  const answer = openaiError(statusCode, message, type, code);
  if ('retryAfter' in error) answer.retryAfter = error.retryAfter;
  return answer;
}
