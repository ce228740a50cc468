import type { IncomingMessage } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { correlationId, requestId } from './http/request-ids.ts';
import type { WorkerContext } from './service.ts';
import { typeboxValidator } from './validation.ts';

declare module 'fastify' {
  interface FastifyRequest {
    correlationId: string;
  }
}

const bodyLimitBytes = 10 * 1024 * 1024;

export interface ServerOptions {
  /** Request line and headers together; default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Requests whose upgrade is accepted; any other is answered as if it had not asked for one. */
  readonly acceptsUpgrade?: (request: IncomingMessage) => boolean;
  /** The `Access-Control-Allow-Origin` of an answer, if it has one; by default `*`. */
  readonly corsOrigin?: (request: FastifyRequest) => string | undefined;
  /** Addresses and networks whose X-Forwarded-* headers say where a request comes from and went to; by default none. */
  readonly trustedProxies?: readonly string[];
}

/** A Fastify server that knows the types of its TypeBox schemas. */
export type TypedServer = ReturnType<typeof typed>;

function typed(app: FastifyInstance) {
  return app.withTypeProvider<TypeBoxTypeProvider>();
}

/**
 * A server with the settings all services share: 10 MB bodies, bounded waits for a request, request ids in and out,
 * CORS for everybody unless told otherwise, one log line per answer. Body values are never coerced, query values are.
 */
export function buildServer(
  context: Pick<WorkerContext, 'log' | 'draining'>,
  options: ServerOptions = {},
): TypedServer {
  const { corsOrigin = () => '*', trustedProxies = [] } = options;
  const app = fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: bodyLimitBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    // Time for a client to send a whole request; answers may take as long as they need.
    requestTimeout: 60_000,
    connectionTimeout: 0,
    // Longer than the idle time of common clients, so that they and not we close an idle connection.
    keepAliveTimeout: 75_000,
    // A request that comes over an open connection while the worker drains is answered like any other, as its last one:
    // Fastify's own 503 has the error body of no API.
    return503OnClosing: false,
    // What the router itself refuses is answered in the shape of the service's other errors.
    frameworkErrors: (error, request, reply) => void app.errorHandler(error, request, reply),
    http: {
      headersTimeout: 30_000,
      maxHeaderSize: options.maxHeaderBytes ?? 16_384,
      shouldUpgradeCallback: options.acceptsUpgrade ?? (() => false),
    },
    genReqId: (request) => requestId(request.headers, request.url ?? ''),
  });
  app.setValidatorCompiler(typeboxValidator);
  // Response schemas describe; they never drop a field that an upstream added.
  app.setSerializerCompiler(() => JSON.stringify);
  app.decorateRequest('correlationId', '');
  // Hooks with a callback: one that is async costs each request a promise and two turns of the queue.
  app.addHook('onRequest', (request, reply, done) => {
    request.correlationId = correlationId(request.headers);
    reply.headers({
      'x-request-id': request.id,
      'x-correlation-id': request.correlationId,
    });
    const origin = corsOrigin(request);
    if (origin !== undefined) {
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': 'X-Request-Id, X-Correlation-ID',
      });
      if (origin !== '*') reply.header('vary', 'origin');
    }
    if (context.draining.aborted) reply.header('connection', 'close');
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { url } = request.routeOptions;
    // Not the onResponse hook: it says nothing of answers that were cut short.
    if (url !== '/ready' && url !== '/health') reply.raw.on('close', () => logAnswer(request, reply));
    done();
  });
  app.addHook('onError', (_request, reply, error, done) => {
    // Fastify would close the connection under a client that still sends, which resets it: the client would never read
    // why. Like this the rest is dropped, for as long as a request may take.
    if (error.statusCode === 413) reply.removeHeader('connection');
    done();
  });
  app.options('*', { schema: { hide: true } as object }, (request, reply) =>
    reply
      .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
      .header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
      .header('access-control-max-age', '600')
      .code(204)
      .send(),
  );
  return typed(app);
}

function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const complete = reply.raw.writableFinished || reply.raw.statusCode === 101;
  request.log.info(
    {
      method: request.method,
      // Without its query, which may carry a prompt.
      path: request.url.split('?')[0],
      status: reply.raw.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      correlationId: request.correlationId,
    },
    complete ? 'answered' : 'client gone',
  );
}
