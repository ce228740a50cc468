import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { isDatabaseUnavailable } from '../kit/database.ts';
import { isClientGone } from '../kit/http/client-gone.ts';

/** One reason for a 422: kind, place (`body`, `query` or `path`, then keys) and sentence. */
export interface ValidationDetail {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

/** An error whose answer is `{"detail": …}`. */
export class DetailError extends Error {
  override readonly name = 'DetailError';
  readonly statusCode: number;
  readonly detail: string | readonly ValidationDetail[];
  readonly retryAfterSeconds: number | undefined;

  constructor(statusCode: number, detail: string | readonly ValidationDetail[], retryAfterSeconds?: number) {
    super(typeof detail === 'string' ? detail : 'Invalid request');
    this.statusCode = statusCode;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Any failure as its answer; undefined for one that nobody foresaw. */
export function toDetailError(error: unknown): DetailError | undefined {
  if (error instanceof DetailError) return error;
  const failure = error as Partial<FastifyError>;
  if (failure.validation !== undefined) {
    const part = failure.validationContext === 'querystring' ? 'query' : failure.validationContext;
    const place = part === 'params' ? 'path' : (part ?? 'body');
    return new DetailError(
      422,
      failure.validation.flatMap((item) => detailsOf(item, place)),
    );
  }
  const status = failure.statusCode ?? 500;
  if (status === 400) {
    return new DetailError(422, [{ type: 'json_invalid', loc: ['body'], msg: 'The body is not valid JSON' }]);
  }
  if (status === 413) return new DetailError(413, 'Request body too large');
  if (status === 415) return new DetailError(415, 'Content-Type must be application/json');
  if (isDatabaseUnavailable(error)) return new DetailError(503, 'Database unavailable', 1);
  return undefined;
}

function detailsOf(item: FastifySchemaValidationError, place: string): readonly ValidationDetail[] {
  const path = item.instancePath
    .split('/')
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const missing =
    item.keyword === 'required' ? (item.params.requiredProperties as string[] | undefined) : undefined;
  if (missing !== undefined) {
    return missing.map((name) => ({ type: 'missing', loc: [place, ...path, name], msg: 'Field required' }));
  }
  return [{ type: item.keyword, loc: [place, ...path], msg: item.message ?? 'Invalid value' }];
}

/** Makes every error of a server, unknown routes included, `{"detail": …}`; unforeseen ones are a bare 500. */
export function addDetailErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (isClientGone(reply.raw)) return reply.code(499).send();
    const answer = toDetailError(error);
    if (answer === undefined || answer.statusCode >= 500) request.log.error({ err: error }, 'request failed');
    if (answer === undefined) return reply.code(500).type('text/plain').send('Internal Server Error');
    if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', answer.retryAfterSeconds);
    return reply.code(answer.statusCode).send({ detail: answer.detail });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ detail: 'Not Found' }));
}
