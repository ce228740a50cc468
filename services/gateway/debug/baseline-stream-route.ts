import { once } from 'node:events';
import { Type } from 'typebox';
import { request as send } from 'undici';
import { readBody } from '../../kit/http/bounded-body.ts';
import { callSignal } from '../../kit/http/call-signal.ts';
import { openEventStream } from '../../kit/http/sse.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import { competitorByName } from '../competitors.ts';
import type { Gateway } from '../gateway.ts';
import { connectionFailure, refusal } from '../upstream/upstream-failure.ts';
import { scopedId } from './scoped-id.ts';

const maxRefusalBytes = 64 * 1024;

/** GET /api/debug/stream/:rid?baseline= — a baseline's own debug stream, byte for byte. */
export function addBaselineStreamRoute(app: TypedServer, { settings, agent, cutOff }: Gateway): void {
  const schema = {
    summary: "Follow a request in a baseline's own debug stream",
    tags: ['debug'],
    params: Type.Object({ rid: Type.String({ minLength: 1, maxLength: 128 }) }),
    querystring: Type.Object({ baseline: Type.String({ default: 'baseline-cli-agent' }) }),
  };
  app.get('/api/debug/stream/:rid', { schema }, async (request, reply) => {
    const { baseline } = request.query;
    const competitor = competitorByName(settings.competitors, baseline);
    if (competitor === undefined) {
      throw openaiError(
        404,
        `Unknown baseline '${baseline}'.`,
        'invalid_request_error',
        'unknown_baseline',
        'baseline',
      );
    }
    const url = `${competitor.url}/v1/debug/stream/${encodeURIComponent(scopedId(request.caller.tenant, request.params.rid))}`;
    const signal = callSignal(reply.raw, cutOff);
    const headers = { accept: 'text/event-stream', 'x-correlation-id': request.correlationId };
    const upstream = await send(url, { dispatcher: agent, headers, signal }).catch((cause) => {
      throw connectionFailure(cause, competitor.id);
    });
    if (upstream.statusCode !== 200) {
      const text = (await readBody(upstream.body, maxRefusalBytes)).toString('utf8');
      throw refusal(upstream.statusCode, text, competitor.id);
    }
    // No pings of ours: bytes pass as they come, and a ping could fall inside of a frame.
    const client = openEventStream(reply);
    try {
      for await (const chunk of upstream.body) await client.write(chunk as Buffer);
      client.end();
    } catch (err) {
      request.log.info({ competitor: competitor.id, err }, 'debug stream of a baseline broke off');
      // A cut, not an orderly end: the client can tell that there was more.
      if (!client.aborted.aborted) reply.raw.destroy();
      if (!reply.raw.closed) await once(reply.raw, 'close');
    }
    return reply;
  });
}
