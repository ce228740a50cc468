import type { Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import type { Dispatcher } from 'undici';
import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import type { Trace } from '../debug/trace.ts';
import { Attempts } from '../model/attempts.ts';
import { sendUpstream } from '../model/send-upstream.ts';
import type { Target } from '../model/target.ts';
import { boundsOf, type Upstreams } from '../model/upstreams.ts';
import { connectionFailure, type ErrorAnswer } from '../upstream/upstream-failure.ts';
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
  readonly upstreams: Upstreams;
};

export type Opened =
  /** Status 200 and the expected content type; the body is still to come. */
  | { readonly kind: 'open'; readonly body: Readable & { dump(options?: object): Promise<unknown> } }
  | { readonly kind: 'refused'; readonly answer: ErrorAnswer };

/**
 * Sends the call, by one route of its target after the other if need be, and waits for an upstream's status. Never
 * throws: what goes wrong is a refusal.
 */
export async function openCall(call: ChatCall, dispatcher: Dispatcher, signal: AbortSignal): Promise<Opened> {
  const { target, ids, trace, log, upstreams } = call;
  const attempts = new Attempts({ target, log, signal, upstreams });
  try {
    const body = await attempts.run((route) => {
      const { upstream } = route;
      const { url, headers, body } = outgoing(route, call.request);
      const sent = { upstream, url, headers: { ...forwardedHeaders(ids), ...headers }, body };
      trace.note('upstream_request', 'forward', `Sent to ${upstream}.`, { competitor: upstream });
      return sendUpstream(sent, {
        dispatcher,
        signal,
        bounds: boundsOf(upstreams, route),
        onStatus: (status) => trace.note('upstream_status', 'forward', `${upstream} answered.`, { status }),
        awaitFirstBytes: ids.stream && attempts.several,
      });
    });
    return { kind: 'open', body };
  } catch (cause) {
    const error = connectionFailure(cause, target.model);
    return { kind: 'refused', answer: { error, retryAfter: error.retryAfter } };
  }
}
