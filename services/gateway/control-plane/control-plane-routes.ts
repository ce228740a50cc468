import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { databaseAnswer } from '../../kit/database-answer.ts';
import { callSignal } from '../../kit/http/call-signal.ts';
import type { EventLog, LoggedEvent } from '../event-log/event-log.ts';
import { lastEventIdOf } from '../event-log/last-event-id.ts';
import { sendLog } from '../event-log/send-log.ts';
import type { Gateway } from '../gateway.ts';
import { digestOf, idempotencyKeyOf } from '../idempotency/idempotency-key.ts';
import type { Once } from '../idempotency/once.ts';
import { readStrictJson, unchecked } from '../responses/routes/json-body.ts';
import { ControlError, sendControlError } from './control-error.ts';
import { createFollowers } from './followers.ts';
import { readMessage } from './message-request.ts';
import type { SessionMoment, SessionStore } from './session-store.ts';

interface ControlPlane {
  readonly sessions: SessionStore;
  readonly once: Once;
  readonly events: EventLog;
  /** Aborts when the worker begins to shut down: streams end then, and their clients come again. */
  readonly draining: AbortSignal;
}

interface BySession {
  readonly Querystring: Readonly<Record<string, unknown>>;
}

/** A message of 256 KiB as JSON, with everything else in the body and room for white space. */
const bodyLimitBytes = 512 * 1024;
const maxStreamsOfTenant = 500;
const maxStreams = 2_000;

const tags = ['control plane'];
const MessageBody = Type.Object({
  session_id: Type.Optional(Type.String({ maxLength: 128 })),
  message: Type.Optional(Type.String()),
  capability: Type.Optional(Type.String({ description: 'ask, exec, max, continue or resume' })),
});
const query = { session_id: Type.String() };

/**
 * POST /message, GET /messages, /status and /events: sessions of messages with their events, the same on every worker and
 * after a restart.
 */
export async function addControlPlaneRoutes(
  app: FastifyInstance,
  { settings, cutOff }: Pick<Gateway, 'settings' | 'cutOff'>,
  { sessions, once, events, draining }: ControlPlane,
): Promise<void> {
  const followers = createFollowers(maxStreamsOfTenant, maxStreams);
  await app.register(async (scope) => {
    readStrictJson(scope);
    scope.setErrorHandler(sendControlError);
    const described = (summary: string, more: object) => ({
      schema: { summary, tags, ...more },
      ...unchecked,
    });

    scope.post(
      '/message',
      { ...described('Post a message to a session', { body: MessageBody }), bodyLimit: bodyLimitBytes },
      async (request, reply) => {
        const read = readMessage(request.body);
        const { tenant } = request.caller;
        const { message, label, sessionId, isNamedHere } = read;
        const asked = {
          tenant,
          route: 'POST /message',
          key: idempotencyKeyOf(request.raw),
          digest: digestOf({ message, label, sessionId: isNamedHere ? null : sessionId }),
        };
        const { status, body, isReplay } = await once.once(asked, callSignal(reply.raw, cutOff), (keep) =>
          databaseAnswer(sessions.post(tenant, read, keep)),
        );
        if (isReplay) reply.header('idempotent-replayed', 'true');
        return reply.code(status).type('application/json; charset=utf-8').send(body);
      },
    );

    scope.get<BySession>(
      '/messages',
      described('The messages of a session, oldest first', { querystring: Type.Object(query) }),
      async (request) => {
        const id = sessionIdOf(request);
        return {
          session_id: id,
          messages: await databaseAnswer(sessions.messages(request.caller.tenant, id)),
        };
      },
    );

    scope.get<BySession>(
      '/status',
      described('The state of a session', { querystring: Type.Object(query) }),
      (request) => databaseAnswer(sessions.find(request.caller.tenant, sessionIdOf(request))),
    );

    const parameters = { ...query, last_event_id: Type.Optional(Type.Integer({ minimum: 0 })) };
    scope.get<BySession>(
      '/events',
      {
        ...described('Follow a session', {
          description:
            'Begins with an event `status`, or after `Last-Event-ID` with what came since. Does not end by itself.',
          querystring: Type.Object(parameters),
        }),
        exposeHeadRoute: false,
      },
      async (request, reply) => {
        const after = lastEventIdOf(request);
        const { tenant } = request.caller;
        using _place = followers.enter(tenant);
        const moment = await databaseAnswer(sessions.moment(tenant, sessionIdOf(request)));
        const signal = AbortSignal.any([callSignal(reply.raw, cutOff), draining]);
        const { keepAliveMs, requestTimeoutMs } = settings;
        return await sendLog(reply, eventsOf(events, moment, after, signal), {
          keepAliveMs,
          stallTimeoutMs: requestTimeoutMs,
        });
      },
    );
  });
}

/** Who names no event begins with how the session is now; its id is that of the last event that led there. */
async function* eventsOf(
  log: EventLog,
  { session, stream, lastEventId }: SessionMoment,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<LoggedEvent, void> {
  if (after === undefined) yield { id: lastEventId, type: 'status', data: JSON.stringify(session) };
  yield* log.follow(stream, after ?? lastEventId, signal);
}

function sessionIdOf({ query: { session_id: id } }: FastifyRequest<BySession>): string {
  if (typeof id === 'string' && id.trim() !== '') return id.trim();
  throw new ControlError(400, { error: 'session_id query parameter is required' });
}
