import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseUnavailable } from './database.ts';
import { isClientGone } from './http/client-gone.ts';

/** Body of an error answer of the OpenAI API (API reference, "Error codes"). */
export interface OpenaiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** Thrown in a handler, it becomes the answer; `body` may also be sent as an SSE frame. */
export class OpenaiError extends Error {
  override readonly name = 'OpenaiError';
  readonly statusCode: number;
  readonly body: OpenaiErrorBody;
  /** Becomes the answer's `Retry-After` (seconds, or an HTTP date): clients wait as long as an upstream asked. */
  retryAfter?: string | undefined;

  constructor(statusCode: number, body: OpenaiErrorBody) {
    super(body.error.message);
    this.statusCode = statusCode;
    this.body = body;
  }
}

/** Builds an error to throw: HTTP status, sentence, class of error, machine-readable code, offending parameter. */
export function openaiError(
  status: number,
  message: string,
  type: string,
  code: string | null,
  param: string | null = null,
): OpenaiError {
  return new OpenaiError(status, { error: { message, type, param, code } });
}

/** Any failure as an {@link OpenaiError}: validation 422, malformed JSON 400, unknown ones 500 without their text. */
export function toOpenaiError(error: unknown): OpenaiError {
  if (error instanceof OpenaiError) return error;
  const failure = error as Partial<FastifyError>;
  const invalid = 'invalid_request_error';
  const first = failure.validation?.[0];
  if (first !== undefined) {
    const missing = first.params?.missingProperty ?? (first.params?.requiredProperties as string[])?.[0];
    const path = [...first.instancePath.split('/').slice(1), ...(missing ? [String(missing)] : [])].join('.');
    const message = missing ? `Missing required parameter: '${path}'.` : `'${path}' ${first.message}.`;
    return openaiError(422, message, invalid, missing ? 'missing_required_parameter' : 'invalid_value', path);
  }
  const status = failure.statusCode ?? 500;
  if (failure.code === 'FST_ERR_BAD_URL') {
    return openaiError(400, 'The request URL is not valid.', invalid, 'invalid_url');
  }
  if (status === 413) return openaiError(413, 'The request body is too large.', invalid, 'request_too_large');
  if (status === 415) {
    return openaiError(415, 'The Content-Type must be application/json.', invalid, 'unsupported_media_type');
  }
  if (status >= 400 && status < 500) {
    return openaiError(status, 'The request body is not valid JSON.', invalid, 'invalid_json');
  }
  if (isDatabaseUnavailable(error)) {
    return openaiError(503, 'The database is not available.', 'server_error', 'database_unavailable');
  }
  return openaiError(500, 'The server had an error.', 'server_error', 'internal_error');
}

/** Beyond this the connection is closed on the client while it still sends. */
const maxUnreadBytes = 64 * 1024 * 1024;

/** A client that sends its whole body before it reads would see a reset instead of the answer: what is left is passed over. */
function readOn(request: FastifyRequest, reply: FastifyReply): void {
  if (Number(request.headers['content-length'] ?? Number.NaN) <= maxUnreadBytes)
    reply.removeHeader('connection');
}

/** Makes every error of a server, unknown routes included, an OpenAI error body. */
export function addOpenaiErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (isClientGone(reply.raw)) return reply.code(499).send();
    const answer = toOpenaiError(error);
    if (answer.statusCode >= 500) request.log.error({ err: error }, 'request failed');
    if (answer.retryAfter !== undefined) reply.header('retry-after', answer.retryAfter);
    if (answer.statusCode === 413) readOn(request, reply);
    return reply.code(answer.statusCode).send(answer.body);
  });
  app.setNotFoundHandler((request, reply) => {
    const { body } = openaiError(
      404,
      `Unknown request URL: ${request.method} ${request.url.split('?')[0]}.`,
      'invalid_request_error',
      'unknown_url',
    );
    return reply.code(404).send(body);
  });
}
