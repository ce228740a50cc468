import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isClientGone } from '../../kit/http/client-gone.ts';
import { toOpenaiError } from '../../kit/openai-error.ts';

/** What the control plane answers when it refuses: `error` is a sentence, and not an object as below `/v1`. */
export interface ControlErrorBody {
  readonly error: string;
  readonly [field: string]: unknown;
}

/** Thrown in a handler, it becomes the answer. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly statusCode: number;
  readonly body: ControlErrorBody;
  /** Seconds. */
  readonly retryAfter: string | undefined;

  constructor(statusCode: number, body: ControlErrorBody, retryAfter?: string) {
    super(body.error);
    this.statusCode = statusCode;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

export const invalidPayload = (detail: string) =>
  new ControlError(400, { error: 'invalid message payload', detail });

/** `id` as it was sent. */
export const sessionNotFound = (id: string) =>
  new ControlError(404, { error: 'session not found', session_id: id.slice(0, 200) });

export const sessionFull = (id: string) =>
  new ControlError(409, { error: 'the session is full', code: 'session_full', session_id: id });

export const tooManySessions = () =>
  new ControlError(429, { error: 'too many sessions', code: 'too_many_sessions' }, '60');

export const tooManyFollowers = () =>
  new ControlError(429, { error: 'too many event streams', code: 'too_many_event_streams' }, '5');

/** Answers any failure in the shape of the control plane; codes are those of the other routes. */
export function sendControlError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (isClientGone(reply.raw)) return reply.code(499).send();
  const { status, body, retryAfter } = shownOf(error);
  if (status >= 500 && !(error instanceof ControlError)) request.log.error({ err: error }, 'request failed');
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply.code(status).send(body);
}

interface Shown {
  readonly status: number;
  readonly body: ControlErrorBody;
  readonly retryAfter?: string | undefined;
}

function shownOf(error: unknown): Shown {
  if (error instanceof ControlError) {
    return { status: error.statusCode, body: error.body, retryAfter: error.retryAfter };
  }
  const { name, code, statusCode, message, retryAfter } = error as Partial<
    FastifyError & { retryAfter: string }
  >;
  if ((name === 'IdempotencyError' || name === 'LastEventIdError') && message && statusCode) {
    return { status: statusCode, body: { error: message, code }, retryAfter };
  }
  const known = toOpenaiError(error);
  const { message: said, code: knownCode } = known.body.error;
  return {
    status: known.statusCode,
    body:
      knownCode === 'invalid_json'
        ? { error: 'invalid message payload', detail: said, code: knownCode }
        : { error: said, code: knownCode },
    retryAfter: known.retryAfter,
  };
}
