import type { Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { type Dispatcher, request } from 'undici';
import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import type { Trace } from '../debug/trace.ts';
import type { Target } from '../model/target.ts';
import { readBody } from '../upstream/bounded-body.ts';
import { connectionFailure, type ErrorAnswer, invalidAnswer, refusal } from '../upstream/upstream-failure.ts';
import { type ForwardedIds, forwardedHeaders, outgoing } from './forwarding.ts';

/** One conversation on its way to an agent or a provider, whose bytes go to the client as they are. */
export type ChatCall = {
  readonly target: Target;
  readonly request: ChatCompletionRequest;
  readonly ids: ForwardedIds;
  /** The client's own X-Request-Id, which a whole completion carries as its `id`. */
  readonly completionId: string | undefined;
  readonly log: FastifyBaseLogger;
  readonly trace: Trace;
};

export type Opened =
  /** Status 200 and the expected content type; the body is still to come. */
  | { readonly kind: 'open'; readonly body: Readable & { dump(options?: object): Promise<unknown> } }
  | { readonly kind: 'refused'; readonly answer: ErrorAnswer };

const MAX_REFUSAL_BYTES = 1024 * 1024;

/** Sends the call and waits for the upstream's status. Never throws: what goes wrong is a refusal. */
export async function openCall(call: ChatCall, dispatcher: Dispatcher, signal: AbortSignal): Promise<Opened> {
  const { ids, trace } = call;
  const { upstream, url, headers: own, body: sent } = outgoing(call.target, call.request);
  trace.note('upstream_request', 'forward', `Sent to ${upstream}.`, { competitor: upstream });
  try {
    const { statusCode, headers, body } = await request(url, {
      method: 'POST',
      headers: { ...forwardedHeaders(ids), ...own },
      body: sent,
      dispatcher,
      signal,
    });
    trace.note('upstream_status', 'forward', `${upstream} answered.`, { status: statusCode });
    if (statusCode !== 200) {
      const text = (await readBody(body, MAX_REFUSAL_BYTES)).toString('utf8');
      return {
        kind: 'refused',
        answer: refusal(statusCode, text, upstream, single(headers['retry-after'])),
      };
    }
    const expected = ids.stream ? 'text/event-stream' : 'application/json';
    if (!single(headers['content-type'])?.toLowerCase().startsWith(expected)) {
      body.on('error', () => undefined).destroy();
      return { kind: 'refused', answer: { error: invalidAnswer(upstream) } };
    }
    return { kind: 'open', body };
  } catch (cause) {
    return { kind: 'refused', answer: { error: connectionFailure(cause, upstream) } };
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
