import type { Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { type Dispatcher, request } from 'undici';
import { readBody } from '../../kit/bounded-body.ts';
import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import type { Trace } from '../../kit/debug/trace.ts';
import type { Competitor } from '../competitors.ts';
import { connectionFailure, type ErrorAnswer, invalidAnswer, refusal } from '../upstream/upstream-failure.ts';
import { type ForwardedIds, forwardedBody, forwardedHeaders } from './forwarding.ts';

/** One conversation on its way to a competitor. */
export interface ChatCall {
  readonly competitor: Competitor;
  readonly request: ChatCompletionRequest;
  readonly ids: ForwardedIds;
  /** The client's own X-Request-Id, which a whole completion carries as its `id`. */
  readonly completionId: string | undefined;
  readonly log: FastifyBaseLogger;
  readonly trace: Trace;
}

export type Opened =
  /** Status 200 and the expected content type; the body is still to come. */
  | { readonly kind: 'open'; readonly body: Readable }
  | { readonly kind: 'refused'; readonly answer: ErrorAnswer };

const maxRefusalBytes = 1024 * 1024;

/** Sends the call and waits for the upstream's status. Never throws: what goes wrong is a refusal. */
export async function openCall(call: ChatCall, dispatcher: Dispatcher, signal: AbortSignal): Promise<Opened> {
  const { competitor, ids, trace } = call;
  trace.note('upstream_request', 'forward', `Sent to ${competitor.id}.`, { competitor: competitor.id });
  try {
    const { statusCode, headers, body } = await request(`${competitor.url}/v1/chat/completions`, {
      method: 'POST',
      headers: forwardedHeaders(ids),
      body: forwardedBody(call.request),
      dispatcher,
      signal,
    });
    trace.note('upstream_status', 'forward', `${competitor.id} answered.`, { status: statusCode });
    if (statusCode !== 200) {
      const text = (await readBody(body, maxRefusalBytes)).toString('utf8');
      return {
        kind: 'refused',
        answer: refusal(statusCode, text, competitor.id, single(headers['retry-after'])),
      };
    }
    const expected = ids.stream ? 'text/event-stream' : 'application/json';
    if (!single(headers['content-type'])?.toLowerCase().startsWith(expected)) {
      body.on('error', () => undefined).destroy();
      return { kind: 'refused', answer: { error: invalidAnswer(competitor.id) } };
    }
    return { kind: 'open', body };
  } catch (cause) {
    return { kind: 'refused', answer: { error: connectionFailure(cause, competitor.id) } };
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
