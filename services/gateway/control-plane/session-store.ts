import { randomUUID } from 'node:crypto';
import type { ISql } from 'postgres';
import type { Sql } from '../../kit/database.ts';
import type { EventLog } from '../event-log/event-log.ts';
import type { Keep } from '../idempotency/once.ts';
import type { Answer } from '../idempotency/records.ts';
import type { Capability } from './capability.ts';
import { sessionFull, sessionNotFound, tooManySessions } from './control-error.ts';
import type { ControlPlaneSettings } from './control-plane-settings.ts';
import { isSessionName, type MessageRequest } from './message-request.ts';

/** A session as it is shown. Times are RFC 3339 in UTC, to the microsecond. */
export interface Session {
  readonly session_id: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly message_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A message as it is shown. */
export interface Message {
  readonly session_id: string;
  readonly message_id: string;
  readonly role: 'user';
  readonly content: string;
  readonly received_at: string;
  /** As it was understood, and as it was sent; absent when none was asked for. */
  readonly capability?: Capability;
  readonly capability_label?: string;
}

/** A session with the name of its stream in the event log and the last id there, as they were at one moment. */
export interface SessionMoment {
  readonly session: Session;
  readonly stream: string;
  readonly lastEventId: number;
}

/** Sessions of one tenant at a time: for another one they are not there. */
export interface SessionStore {
  /**
   * Adds a message at the end of its session, which is made if need be, and returns the answer that tells so. Message,
   * events and answer are there together or not at all; messages that come at once are put one after the other.
   *
   * @throws ControlError 404 for `resume` of an unknown session, 409 for a full one, 429 for too many
   */
  post(tenant: string, request: MessageRequest, keep: Keep): Promise<Answer>;
  find(tenant: string, name: string): Promise<Session>;
  /** Oldest first. */
  messages(tenant: string, name: string): Promise<readonly Message[]>;
  moment(tenant: string, name: string): Promise<SessionMoment>;
  /** Forgets sessions that nobody posts to any more; bounded, as the next sweep comes soon. */
  sweep(): Promise<void>;
}

interface SessionRow {
  readonly id: string;
  readonly status: Session['status'];
  readonly message_count: number;
  readonly created_at: string;
  readonly updated_at: string;
}

interface MessageRow {
  readonly message_id: string | null;
  readonly content: string;
  readonly capability: Capability;
  readonly label: string;
  readonly received_at: string;
}

/** Of all messages of a session, as JSON: what an answer with all of them may take. */
const maxSessionBytes = 8 * 1024 * 1024;
const maxSwept = 200;

const streamOf = (id: string): string => `session:${id}`;

export function createSessionStore(sql: Sql, log: EventLog, settings: ControlPlaneSettings): SessionStore {
  const { keepHours, maxSessions, maxMessages } = settings;
  const shownTime = (column: string) =>
    sql`to_char(${sql(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${sql(column)}`;
  const sessionColumns = sql`
    id, status, message_count, ${shownTime('created_at')}, ${shownTime('updated_at')}`;

  /** Counts a message in: the row stays locked until the message is there, so messages have their order from it. */
  const countIn = async (
    tx: ISql,
    tenant: string,
    { sessionId, capability }: MessageRequest,
    bytes: number,
  ) => {
    const grown = tx`
      message_count = s.message_count + 1, bytes = s.bytes + ${bytes}, status = 'done',
      updated_at = greatest(clock_timestamp(), s.updated_at)`;
    const hasRoom = tx`s.message_count < ${maxMessages} and s.bytes + ${bytes} <= ${maxSessionBytes}`;
    const known = () => tx`select from control_sessions where tenant = ${tenant} and name = ${sessionId}`;
    const rows =
      capability === 'resume'
        ? await tx<SessionRow[]>`
            update control_sessions s set ${grown}
            where tenant = ${tenant} and name = ${sessionId} and ${hasRoom} returning ${sessionColumns}`
        : await tx<SessionRow[]>`
            insert into control_sessions as s (id, tenant, name, message_count, bytes, created_at, updated_at)
            select ${randomUUID()}, ${tenant}, ${sessionId}, 1, ${bytes}, now.at, now.at
            from (select clock_timestamp() as at) as now
            where exists (${known()})
              or not exists (select from control_sessions where tenant = ${tenant} offset ${maxSessions - 1} limit 1)
            on conflict (tenant, name) do update set ${grown} where ${hasRoom} returning ${sessionColumns}`;
    const [row] = rows;
    if (row !== undefined) return row;
    if ((await known()).length > 0) throw sessionFull(sessionId);
    throw capability === 'resume' ? sessionNotFound(sessionId) : tooManySessions();
  };

  const row = async (tx: ISql, tenant: string, name: string): Promise<SessionRow> => {
    if (!isSessionName(name)) throw sessionNotFound(name);
    const [found] = await tx<SessionRow[]>`
      select ${sessionColumns} from control_sessions where tenant = ${tenant} and name = ${name}`;
    if (found === undefined) throw sessionNotFound(name);
    return found;
  };

  return {
    post: (tenant, request, keep) =>
      sql.begin(async (tx) => {
        const content = JSON.stringify(request.message);
        const counted = await countIn(tx, tenant, request, Buffer.byteLength(content));
        const session = shownSession(request.sessionId, counted);
        const messageId = `msg_${randomUUID()}`;
        const { capability, label } = request;
        await tx`
          insert into control_messages (session, position, message_id, content, capability, label, received_at)
          values (${counted.id}, ${session.message_count}, ${messageId}, ${content}::text::json, ${capability},
            ${JSON.stringify(label)}, ${session.updated_at}::text::timestamptz)`;
        const message = shownMessage(request.sessionId, {
          ...{ message_id: messageId, content, capability, label: JSON.stringify(label) },
          received_at: session.updated_at,
        });
        await log.append(tx, streamOf(counted.id), [
          { type: 'message', data: message },
          { type: 'status', data: session },
        ]);
        const answer = { status: 202, body: JSON.stringify(acceptance(session, message)) };
        await keep(tx, answer);
        return answer;
      }),

    find: async (tenant, name) => shownSession(name, await row(sql, tenant, name)),

    async messages(tenant, name) {
      if (!isSessionName(name)) throw sessionNotFound(name);
      // One statement, one snapshot: a session without messages is not taken for none.
      const rows = await sql<MessageRow[]>`
        select m.message_id, m.content::text as content, m.capability, m.label, ${shownTime('received_at')}
        from control_sessions s left join control_messages m on m.session = s.id
        where s.tenant = ${tenant} and s.name = ${name} order by m.position`;
      if (rows.length === 0) throw sessionNotFound(name);
      return rows.flatMap((message) => (message.message_id === null ? [] : [shownMessage(name, message)]));
    },

    moment: (tenant, name) =>
      sql.begin('isolation level repeatable read read only', async (tx) => {
        const found = await row(tx, tenant, name);
        const stream = streamOf(found.id);
        return {
          session: shownSession(name, found),
          stream,
          lastEventId: (await log.lastId(tx, stream)) ?? 0,
        };
      }) as Promise<SessionMoment>,

    async sweep() {
      await sql.begin(async (tx) => {
        const gone = await tx<{ id: string }[]>`
          delete from control_sessions where id in (
            select id from control_sessions
            where updated_at < clock_timestamp() - make_interval(hours => ${keepHours})
            order by updated_at limit ${maxSwept} for update skip locked
          ) returning id`;
        if (gone.length > 0)
          await log.remove(
            tx,
            gone.map(({ id }) => streamOf(id)),
          );
      });
    },
  };
}

const shownSession = (name: string, { id: _, ...row }: SessionRow): Session => ({ session_id: name, ...row });

function shownMessage(name: string, row: MessageRow): Message {
  const { message_id, content, capability, label, received_at } = row;
  return {
    session_id: name,
    message_id: message_id ?? '',
    role: 'user',
    content: JSON.parse(content) as string,
    received_at,
    ...(capability === '' ? {} : { capability, capability_label: JSON.parse(label) as string }),
  };
}

/** The 202 for a message. */
const acceptance = (session: Session, { message_id, received_at }: Message) => ({
  session_id: session.session_id,
  status: session.status,
  message_id,
  received_at,
  created_at: session.created_at,
  updated_at: session.updated_at,
  message_count: session.message_count,
  result: { status: 'queued', message: 'The message was added to the session.' },
  events_url: `/events?session_id=${encodeURIComponent(session.session_id)}`,
});
