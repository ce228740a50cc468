import { createHash, timingSafeEqual } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Type } from 'typebox';
import { faultSchema } from './fault-plan.ts';
import type { Wire } from './wire.ts';
import { WireError } from './wire-error.ts';

const maxWaitMs = 120_000;
const idSchema = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9._:~@-]{1,128}$' }) });

export interface ControlOptions {
  readonly wire: Wire;
  readonly token: string;
  readonly log: FastifyBaseLogger;
}

/** The control API on a server that does not listen yet. All but `/health` takes `Authorization: Bearer <token>`. */
export function createControl({ wire, token, log }: ControlOptions): FastifyInstance {
  const server = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  const expected = digest(`Bearer ${token}`);

  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error instanceof WireError ? error.status : (error.statusCode ?? 500);
    const code =
      error instanceof WireError ? error.code : status < 500 ? 'WIRE_REQUEST_INVALID' : 'WIRE_INTERNAL';
    if (status >= 500) log.error({ err: error }, 'the control API failed');
    return reply.code(status).send({ error: { code, message: error.message } });
  });
  server.addHook('onRequest', async (request) => {
    if (request.routeOptions.url === '/health') return;
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      throw new WireError('WIRE_UNAUTHORIZED', 401, 'The control API needs the token of WIRE_TOKEN.');
  });

  server.get('/health', async () => ({ status: 'ok', pid: process.pid, links: wire.links.size }));
  server.get('/links', async () => [...wire.links.values()]);
  server.get('/faults', async () => wire.register.list());
  server.get('/faults/:id', { schema: { params: idSchema } }, async ({ params }) =>
    wire.register.get(params.id),
  );
  server.put('/faults/:id', { schema: { params: idSchema, body: faultSchema } }, async ({ params, body }) => {
    const fault = wire.addFault(params.id, body);
    log.info({ fault: params.id, match: body.match, effect: body.effect }, 'fault added');
    return fault;
  });
  server.delete('/faults/:id', { schema: { params: idSchema } }, async ({ params }) => {
    wire.register.get(params.id);
    return wire.register.remove(params.id);
  });
  server.delete('/faults', async () => wire.register.list().map(({ id }) => wire.register.remove(id)));
  waitRoute(server, wire);
  carrierRoute(server, wire);
  server.get('/journal', { schema: { querystring: journalQuery } }, async ({ query }) => {
    const entries = wire.journal.find({
      ...(query.link === undefined ? {} : { link: query.link }),
      ...(query.op === undefined ? {} : { operation: query.op }),
    });
    return entries.slice(Math.max(0, entries.length - Number(query.limit ?? 10_000)));
  });
  return server as unknown as FastifyInstance;
}

const wholeNumber = Type.String({ pattern: '^\\d{1,9}$' });

const journalQuery = Type.Object({
  link: Type.Optional(Type.String()),
  op: Type.Optional(Type.String()),
  limit: Type.Optional(wholeNumber),
});

const waitQuery = Type.Object({
  fault: Type.String(),
  event: Type.Optional(Type.Union([Type.Literal('fired'), Type.Literal('over')])),
  timeoutMs: Type.Optional(wholeNumber),
});

/** `GET /wait?fault=ID&event=fired|over&timeoutMs=`: the fault once it has fired, 408 when it doesn't. */
function waitRoute(instance: FastifyInstance, wire: Wire): void {
  const server = instance.withTypeProvider<TypeBoxTypeProvider>();
  server.get('/wait', { schema: { querystring: waitQuery } }, async ({ query }, reply) => {
    const { fault: id, event = 'fired' } = query;
    const waitMs = Math.min(Number(query.timeoutMs ?? 5_000), maxWaitMs);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const found = await wire.register.wait(
      id,
      event,
      AbortSignal.any([gone.signal, AbortSignal.timeout(waitMs)]),
    );
    if (found !== undefined) return found;
    const { state } = wire.register.get(id);
    throw new WireError(
      'WIRE_WAIT_TIMEOUT',
      408,
      `Fault "${id}" is ${state}; not "${event}" within ${waitMs} ms.`,
    );
  });
}

const carrierQuery = Type.Object({
  link: Type.String(),
  op: Type.String(),
  not: Type.Optional(wholeNumber),
  timeoutMs: Type.Optional(wholeNumber),
});

/** `GET /carrier?link=&op=&not=&timeoutMs=`: the connection that carries an operation to the target, 408 when none does. */
function carrierRoute(instance: FastifyInstance, wire: Wire): void {
  const server = instance.withTypeProvider<TypeBoxTypeProvider>();
  server.get('/carrier', { schema: { querystring: carrierQuery } }, async ({ query }, reply) => {
    const waitMs = Math.min(Number(query.timeoutMs ?? 5_000), maxWaitMs);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(waitMs)]);
    const { link, op: operation, not } = query;
    const wanted = { link, operation, ...(not === undefined ? {} : { not: Number(not) }) };
    const entry = await wire.journal.carrier(wanted, signal);
    if (entry !== undefined) return entry;
    throw new WireError(
      'WIRE_WAIT_TIMEOUT',
      408,
      `Nothing on ${query.link} carried ${query.op} within ${waitMs} ms.`,
    );
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
