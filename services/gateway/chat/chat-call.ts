import type { FastifyBaseLogger } from 'fastify';
import type { Dispatcher } from 'undici';
import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import type { Trace } from '../../kit/debug/trace.ts';
import type { ArrivingBody } from '../../kit/http/arriving-body.ts';
import type { OpenaiError } from '../../kit/openai-error.ts';
import { type OutcomeWatch, watchOutcome } from '../metrics/outcome-watch.ts';
import { failedAttempt } from '../model/attempt-failure.ts';
import { Attempts } from '../model/attempts.ts';
import type { ModelPlane } from '../model/model-call.ts';
import { sendUpstream } from '../model/send-upstream.ts';
import type { Target } from '../model/target.ts';
import { boundsOf, type Upstreams } from '../model/upstreams.ts';
import { connectionFailure } from '../upstream/upstream-failure.ts';
import { type ForwardedIds, outgoing } from './forwarding.ts';

/** One conversation on its way to an agent or a provider, whose bytes go to the client as they are. */
export interface ChatCall {
  readonly target: Target;
  readonly request: ChatCompletionRequest;
  /** Of another API of the provider's, below its base address; a chat without it. */
  readonly path?: string;
  readonly ids: ForwardedIds;
  /** The client's own X-Request-Id, which a whole completion carries as its `id`. */
  readonly completionId: string | undefined;
  readonly log: FastifyBaseLogger;
  readonly trace: Trace;
  readonly upstreams: Upstreams;
  /** Told how each request to an upstream ended. */
  readonly observe: ModelPlane['observe'];
}

export type Opened =
  /** Status 200 and the expected content type; the body is still to come. */
  | {
      readonly kind: 'open';
      readonly body: ArrivingBody;
      /** To be told how the body ended. */
      readonly watch: OutcomeWatch;
    }
  | { readonly kind: 'refused'; readonly error: OpenaiError };

/**
 * Sends the call, by one route of its target after the other if need be, and waits for an upstream's status. Never
 * throws: what goes wrong is a refusal.
 */
export async function openCall(call: ChatCall, dispatcher: Dispatcher, signal: AbortSignal): Promise<Opened> {
  const { target, ids, trace, log, upstreams } = call;
  const attempts = new Attempts({ target, log, signal, upstreams });
  try {
    const opened = await attempts.run(async (route) => {
      const { upstream } = route;
      const { url, headers, body } = outgoing(route, call.request, ids, call.path);
      const sent = { upstream, url, headers, body };
      trace.note('upstream_request', 'forward', `Sent to ${upstream}.`, { competitor: upstream });
      const watch = watchOutcome(call, upstream, target.model);
      try {
        const answered = await sendUpstream(sent, {
          dispatcher,
          signal,
          bounds: boundsOf(upstreams, route),
          onStatus: (status) => trace.note('upstream_status', 'forward', `${upstream} answered.`, { status }),
          awaitFirstBytes: ids.stream && attempts.several,
        });
        return { body: answered, watch };
      } catch (cause) {
        watch.failure(failedAttempt(cause, upstream).error.statusCode, signal);
        throw cause;
      }
    });
    return { kind: 'open', ...opened };
  } catch (cause) {
    return { kind: 'refused', error: connectionFailure(cause, target.model) };
  }
}
