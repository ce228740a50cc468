import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isClientGone } from '../../kit/http/client-gone.ts';
import { OpenaiError, openaiError, toOpenaiError } from '../../kit/openai-error.ts';

/** Body of an error answer of the Messages API (Anthropic API reference, "Errors"), and of an `error` event. */
export interface AnthropicErrorBody {
  readonly type: 'error';
  readonly error: {
    readonly type: string;
    readonly message: string;
    /** Machine-readable, where there is more to say than the type does. */
    readonly details?: { readonly error_code: string };
  };
  readonly request_id: string;
}

const typesByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Type of the error that goes with a status; a 4xx that has none of its own is an invalid request. */
function errorTypeOf(status: number): string {
  return typesByStatus[status] ?? (status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error');
}

/** The error of a request that cannot be served as it is: 400, and a code that says why. */
export function invalidRequest(message: string, code = 'invalid_value'): OpenaiError {
  return openaiError(400, message, 'invalid_request_error', code);
}

/** What an error becomes in this API: its status (422 is 400 here) and body. */
export function anthropicErrorOf(
  { statusCode, body }: OpenaiError,
  requestId: string,
): { readonly status: number; readonly body: AnthropicErrorBody } {
  const status = statusCode === 422 ? 400 : statusCode;
  const { message, code } = body.error;
  const details = code === null ? {} : { details: { error_code: code } };
  const error = { type: errorTypeOf(status), message, ...details };
  return { status, body: { type: 'error', error, request_id: requestId } };
}

/** Makes every error below the prefix of `scope` one of the Messages API, those of unknown routes and keys included. */
export function addAnthropicErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (isClientGone(reply.raw)) return reply.code(499).send();
    return answerError(extraInputIn(error) ?? toOpenaiError(error), request, reply, error);
  });
  scope.setNotFoundHandler((request, reply) => {
    const url = request.url.split('?')[0];
    const unknown = `Unknown request URL: ${request.method} ${url}.`;
    return answerError(openaiError(404, unknown, 'not_found_error', 'unknown_url'), request, reply);
  });
}

/** A field that the API does not have: this API refuses those, where the gateway's others pass them on. */
function extraInputIn(error: unknown): OpenaiError | undefined {
  const found = (error as Partial<FastifyError>).validation?.find(
    ({ keyword }) => keyword === 'additionalProperties',
  );
  const [name] = (found?.params.additionalProperties ?? []) as readonly string[];
  return name === undefined
    ? undefined
    : invalidRequest(`${name}: Extra inputs are not permitted.`, 'unknown_parameter');
}

function answerError(
  error: OpenaiError,
  request: FastifyRequest,
  reply: FastifyReply,
  cause: unknown = error,
) {
  const { status, body } = anthropicErrorOf(error, request.id);
  if (status >= 500 && !(cause instanceof OpenaiError)) request.log.error({ err: cause }, 'request failed');
  else if (status >= 500) request.log.warn({ status, code: error.body.error.code }, error.message);
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
  return reply.code(status).header('request-id', request.id).send(body);
}
