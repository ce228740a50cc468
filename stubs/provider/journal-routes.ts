import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';
import type { Holds } from './holds.ts';
import { isJournalEvent, type Journal, type JournalQuery } from './journal.ts';

const MAX_WAIT_MS = 120_000;

type Query = Readonly<Record<string, string | undefined>>;

/**
 * `GET /journal?op=&kind=&since=&limit=` answers a list of entries, oldest first;
 * `GET /journal/wait?op=&event=arrived|completed|hungup|fault&timeoutMs=&kind=` answers the entry to which the event
 * has happened, or 408. `kind` is `chat`, `routing`, `memory` or `embedding`; a wait means `chat` unless it says so.
 * `POST /release?op=` lets an operation that is on hold go on.
 */
export function journalRoutes(server: FastifyInstance, journal: Journal, holds: Holds): void {
  server.get<{ Querystring: Query }>('/journal', async ({ query }) => {
    const limit = whole('limit', query.limit, 10_000);
    const entries = journal.find(filterOf(query));
    return entries.slice(Math.max(0, entries.length - limit));
  });

  server.post<{ Querystring: Query }>('/release', async ({ query: { op } }, reply) => {
    if (op === undefined) throw new ApiError(400, 'op is missing', { param: 'op' });
    holds.release(op);
    return reply.code(204).send();
  });

  server.get<{ Querystring: Query }>('/journal/wait', async (request, reply) => {
    const { op, event = 'arrived', timeoutMs, kind = 'chat' } = request.query;
    if (op === undefined) throw new ApiError(400, 'op is missing', { param: 'op' });
    if (!isJournalEvent(event)) {
      throw new ApiError(400, 'event must be arrived, completed, hungup or fault', { param: 'event' });
    }
    const waitMs = Math.min(whole('timeoutMs', timeoutMs, 5_000), MAX_WAIT_MS);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(waitMs)]);
    const entry = await journal.wait({ op, ...(kind === 'any' ? {} : { kind }) }, event, signal);
    if (entry !== undefined) return entry;
    const seen = journal.find({ op }).length;
    throw new ApiError(
      408,
      `operation ${op}: not ${event} within ${waitMs} ms (${seen} entries of any kind)`,
    );
  });
}

function filterOf({ op, kind, since }: Query): JournalQuery {
  return {
    ...(op === undefined ? {} : { op }),
    ...(kind === undefined || kind === 'any' ? {} : { kind }),
    sinceMs: whole('since', since, 0),
  };
}

function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text)) throw new ApiError(400, `${name} must be a whole number`, { param: name });
  return Number(text);
}
