import { createHash, randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { ApiError } from './api-error.ts';
import { chatRoutes } from './chat-route.ts';
import { readDirectives } from './directives.ts';
import { embeddingsOf, readEmbeddingRequest } from './embeddings.ts';
import { Holds } from './holds.ts';
import type { Journal } from './journal.ts';
import { journalRoutes } from './journal-routes.ts';
import type { Pacing } from './pacing.ts';
import { parseBody } from './request-body.ts';
import { toolRoutes } from './tools/tool-routes.ts';
import { transcribeRoute } from './tools/transcribe-route.ts';

const BODY_LIMIT_BYTES = 50 * 1024 * 1024;
const MODELS = ['scripted', 'scripted-mini', 'scripted-vision', 'scripted-embedding'];
// 2025-01-01; a fixed date keeps the list the same on every call.
const CREATED_SECONDS = 1_735_689_600;

export type ServerOptions = {
  readonly journal: Journal;
  readonly pacing: Pacing;
  readonly log: Logger;
};

const tlsHandshake = 0x16;

/** Who begins TLS here has no answer, so that its connection never comes about; anything else that is no HTTP is refused. */
function leaveHandshake(error: Error, socket: Socket): void {
  const { rawPacket } = error as Error & { readonly rawPacket?: Uint8Array };
  socket.on('error', () => socket.destroy());
  if (rawPacket?.[0] !== tlsHandshake) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  socket.once('end', () => socket.destroy()).resume();
}

/** The provider's routes on a server that does not listen yet. */
export function createServer({ journal, pacing, log }: ServerOptions): FastifyInstance {
  const server = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    clientErrorHandler: leaveHandshake,
  }) as unknown as FastifyInstance;
  // The bytes are kept as they came, for the journal's hash.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const failure = error instanceof ApiError ? error : new ApiError(error.statusCode ?? 500, error.message);
    if (failure.retryAfterSeconds !== undefined)
      reply.header('retry-after', String(failure.retryAfterSeconds));
    return reply.code(failure.status).send(failure.body);
  });
  server.setNotFoundHandler((request) => {
    throw new ApiError(404, `Invalid URL (${request.method} ${request.url.split('?')[0]})`);
  });

  server.get('/health', async () => ({ status: 'ok', pid: process.pid }));
  server.get('/v1/models', async () => ({ object: 'list', data: MODELS.map(modelOf) }));
  server.get<{ Params: { id: string } }>('/v1/models/:id', async ({ params }) => modelOf(params.id));
  server.post('/v1/embeddings', async (request, reply) => {
    const raw = (request.body ?? Buffer.alloc(0)) as Buffer;
    const embedding = readEmbeddingRequest(parseBody(raw));
    const answer = embeddingsOf(embedding);
    const text = embedding.inputs.join('\n').slice(0, 4_000);
    const entry = journal.open({
      id: randomUUID(),
      op: readDirectives(text, 'embedding').op ?? null,
      kind: 'embedding',
      path: request.url,
      keySha256: null,
      model: embedding.model,
      stream: false,
      arrivedAt: Date.now(),
      requestText: text,
      messages: [],
      tools: [],
      parameters: {},
      imageSha256: [],
      bodySha256: createHash('sha256').update(raw).digest('hex'),
      usage: { promptTokens: answer.usage.prompt_tokens, completionTokens: 0 },
      saysUsage: true,
      answerText: '',
      status: 200,
      framesSent: 0,
    });
    reply.raw.once('finish', () => journal.change(entry, { framesSent: 1, completedAt: Date.now() }));
    reply.raw.once('close', () => journal.close(entry));
    return answer;
  });
  const holds = new Holds();
  chatRoutes(server, journal, holds, pacing);
  transcribeRoute(server);
  toolRoutes(server);
  journalRoutes(server, journal, holds);
  return server;
}

function modelOf(id: string) {
  return { id, object: 'model', created: CREATED_SECONDS, owned_by: 'gauntlet' };
}
