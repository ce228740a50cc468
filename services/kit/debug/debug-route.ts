import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { openEventStream } from '../http/sse.ts';
import { openaiError } from '../openai-error.ts';
import type { TypedServer } from '../server.ts';
import type { WakeUps } from '../wake-ups.ts';
import type { DebugRuns } from './debug-runs.ts';

/** An operator's stream never outlives this; a run whose worker died never ends by itself. */
const longestStreamMs = 60_000;
/** A look without a notification: covers the moment in which the listening connection is being renewed. */
const lookAnywayMs = 1_000;

export interface DebugRouteOptions {
  readonly debugRuns: DebugRuns;
  readonly wakeUps: WakeUps;
  readonly keepAliveMs: number;
  /** Under which the runs of a caller are kept; by default the id itself. */
  readonly keyOf?: (request: FastifyRequest, id: string) => string;
  /** Ends the streams: the worker is about to go. */
  readonly ending: AbortSignal;
}

/** GET /v1/debug/stream/:id — what happened to a request sent with `debug: true`, live until it ends; else 404. */
export function addDebugRoute(app: TypedServer, options: DebugRouteOptions): void {
  const { debugRuns, wakeUps, keepAliveMs, keyOf = (_request, id) => id, ending } = options;
  const schema = {
    summary: 'Follow a debugged request',
    description: 'Replays the events of a request and ends when the request has ended, or after 60 s.',
    tags: ['debug'],
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) }),
  };
  app.get('/v1/debug/stream/:id', { schema }, async (request, reply) => {
    const { id } = request.params;
    const run = await debugRuns.find(keyOf(request as unknown as FastifyRequest, id));
    if (run === undefined) {
      const message = `No debugged request '${id}' is known.`;
      throw openaiError(404, message, 'invalid_request_error', 'unknown_request', 'id');
    }
    const client = openEventStream(reply, { keepAliveMs });
    const over = AbortSignal.any([client.aborted, ending, AbortSignal.timeout(longestStreamMs)]);
    try {
      let seen = '0';
      while (!over.aborted) {
        // Waiting begins before the look, so that no event can fall between the two.
        const enough = new AbortController();
        const woken = wakeUps.next(run, lookAnywayMs, AbortSignal.any([over, enough.signal]));
        const { events, ended } = await debugRuns.read(run, seen);
        for (const { event } of events) await client.send(event);
        seen = events.at(-1)?.id ?? seen;
        if (ended) {
          enough.abort();
          break;
        }
        await woken;
      }
    } catch (err) {
      if (!client.aborted.aborted) request.log.warn({ err }, 'debug stream broke off');
    }
    client.end();
    return reply;
  });
}
