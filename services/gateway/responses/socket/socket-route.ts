import type { IncomingMessage } from 'node:http';
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openaiError } from '../../../kit/openai-error.ts';
import type { Responses } from '../responses.ts';
import { callerOf, type StreamSettings } from '../routes/create-route.ts';
import type { ResponseCaller } from '../run/engine.ts';
import { maxFrameBytes, SocketSession } from './socket-session.ts';
import type { SocketSettings } from './socket-settings.ts';

const path = '/v1/responses';

/** Any other upgrade that a client offers (h2c is a common one) is declined, and the request answered as it is. */
export function asksForSocket({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url?.split('?')[0] === path && /\bwebsocket\b/i.test(headers.upgrade ?? '');
}

/**
 * GET /v1/responses as a WebSocket: the same turns as POST, one event in each text frame. Without the upgrade it is 426,
 * upon which clients go on over HTTP.
 */
export async function addSocketRoute(
  app: FastifyInstance,
  responses: Responses,
  settings: StreamSettings & { readonly socket: SocketSettings },
  draining: AbortSignal,
): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(websocket, {
      // Compression would cost memory for each socket, and lets small frames become large ones.
      options: { maxPayload: maxFrameBytes, perMessageDeflate: false },
      // Sessions end by themselves when the drain begins.
      preClose: (done: () => void) => done(),
      errorHandler: (error, _socket, request) => request.log.debug({ err: error }, 'socket failed'),
    });
    // The library ends the sockets only of those refusals that come after its own hook, and nobody reads the others.
    scope.addHook('onResponse', (request, _reply, done) => {
      if (asksForSocket(request.raw)) request.raw.socket.destroySoon();
      done();
    });
    scope.route({
      method: 'GET',
      url: path,
      schema: { summary: 'Responses over a WebSocket', description, tags: ['responses'] },
      onRequest: (request, reply, done) => done(refusal(request, reply, draining)),
      // What is no socket has been refused by then.
      handler: (_request, reply) => reply.code(426).send(),
      wsHandler: async (socket, request) => {
        const session = new SocketSession(socket, responses, {
          settings: { ...settings.socket, stallTimeoutMs: settings.requestTimeoutMs },
          draining,
          callerOf: (turn, signal) => turnCaller(request, turn, signal),
          enter: request.caller.enter,
        });
        try {
          await session.serve();
        } catch (err) {
          request.log.error({ err }, 'socket failed');
          socket.close(1011);
        }
      },
    });
  });
}

const description =
  'Frames of the client: `response.create` with the fields of POST /v1/responses (`stream` and `background` aside; ' +
  '`generate: false` warms up), and `response.append` with `input`. A turn has the model and the instructions of the ' +
  'one before where it names none. One turn runs at a time, the others wait. Each ends ' +
  'with `response.completed`, `response.incomplete`, `response.failed`, or `{"type": "error", "status", "error"}`, after ' +
  'which the socket goes on. After a drop, a response whose id was told can be asked for: it is there if it was ended.';

function refusal(
  { ws, headers }: FastifyRequest,
  reply: FastifyReply,
  draining: AbortSignal,
): Error | undefined {
  if (!ws || headers['sec-websocket-version'] !== '13') {
    const connection = ws ? 'upgrade, close' : 'upgrade';
    reply.headers({ connection, upgrade: 'websocket', 'sec-websocket-version': '13' });
    const message = 'This address is a WebSocket (version 13); use POST for HTTP.';
    return openaiError(426, message, 'invalid_request_error', 'upgrade_required');
  }
  if (draining.aborted) {
    return openaiError(503, 'The gateway is shutting down.', 'server_error', 'shutting_down');
  }
  // What is written to the log when the socket is over.
  reply.raw.statusCode = 101;
  return undefined;
}

function turnCaller(request: FastifyRequest, turn: number, signal: AbortSignal): ResponseCaller {
  const caller = callerOf(request, signal);
  return { ...caller, requestId: `${caller.requestId}-${turn}`, log: caller.log.child({ turn }) };
}
