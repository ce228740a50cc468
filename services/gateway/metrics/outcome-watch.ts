import type { Usage } from '../../kit/chat-schema.ts';
import type { ModelPlane, UpstreamOutcome } from '../model/model-call.ts';

/** Tells a plane once how one request to an upstream ended, however often its end is noticed. */
export interface OutcomeWatch {
  /** The first piece of a stream is here. */
  first(): void;
  /** The whole answer is here. Called before a client can have seen its end, so that a client finds it counted. */
  success(usage: Usage | undefined): void;
  /** No answer, or half of one. If `signal` has aborted for another reason than a time-out, it was us who gave up. */
  failure(status: number, signal: AbortSignal): void;
  cancelled(): void;
}

/** Starts the clock of one request. */
export function watchOutcome(
  { observe }: Pick<ModelPlane, 'observe'>,
  upstream: string,
  model: string,
): OutcomeWatch {
  const from = performance.now();
  let firstMs: number | undefined;
  let told = false;
  const tell = (result: UpstreamOutcome['result'], usage?: Usage, status?: number) => {
    if (told) return;
    told = true;
    observe({ upstream, model, result, latencyMs: performance.now() - from, firstMs, usage, status });
  };
  return {
    first: () => {
      firstMs ??= performance.now() - from;
    },
    success: (usage) => tell('success', usage, 200),
    failure: (status, { aborted, reason }) => {
      if (aborted && reason?.name !== 'TimeoutError') tell('cancelled');
      else tell('failure', undefined, status);
    },
    cancelled: () => tell('cancelled'),
  };
}
