import { Type } from 'typebox';
import { openaiError } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import { openEventStream } from '../../kit/sse.ts';
import type { Gateway } from '../gateway.ts';
import type { WakeUps } from './wake-ups.ts';

const MAX_STREAM_MS = 60_000;
/** A look without a notification: covers the moment in which the listening connection is being renewed. */
const LOOK_ANYWAY_MS = 1_000;

/** GET /v1/debug/stream/:id — what happened to a request sent with `debug: true`, live until it ends. */
export function addDebugStreamRoute(
  app: TypedServer,
  { debugRuns, settings, cutOff }: Gateway,
  wakeUps: WakeUps,
) {
  const schema = {
    summary: 'Follow a debugged request',
    description: 'Replays the events of a request and ends when the request has ended, or after 60 s.',
    tags: ['debug'],
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) }),
  };
  app.get('/v1/debug/stream/:id', { schema }, async (request, reply) => {
    const { id } = request.params;
    const run = await debugRuns.find(id);
    if (run === undefined) throw unknownRequest(id);
    const client = openEventStream(reply, { keepAliveMs: settings.keepAliveMs });
    const over = AbortSignal.any([client.aborted, cutOff, AbortSignal.timeout(MAX_STREAM_MS)]);
    try {
      let seen = '0';
      while (!over.aborted) {
        // Waiting begins before the look, so that no event can fall between the two.
        const waiting = new AbortController();
        const woken = wakeUps.next(run, LOOK_ANYWAY_MS, AbortSignal.any([over, waiting.signal]));
        const { events, ended } = await debugRuns
          .read(run, seen)
          .finally(() => over.aborted && waiting.abort());
        for (const { event } of events) await client.send(event);
        seen = events.at(-1)?.id ?? seen;
        if (ended) waiting.abort();
        await woken;
        if (ended) break;
      }
    } catch (err) {
      if (!client.aborted.aborted) request.log.warn({ err }, 'debug stream broke off');
    }
    client.end();
    return reply;
  });
}

function unknownRequest(id: string) {
  const message = `No debugged request '${id}' is known.`;
  return openaiError(404, message, 'invalid_request_error', 'unknown_request', 'id');
}
