import type { UpstreamBounds } from '../upstream/timeout-failure.ts';
import { type Cooldowns, noCooldowns } from './cooldowns.ts';
import type { Route } from './route.ts';

/** How upstreams are dealt with: what one worker knows and what the settings say. */
export interface Upstreams {
  readonly cooldowns: Cooldowns;
  readonly bounds: UpstreamBounds;
  /** Requests to upstreams for one call, at most. */
  readonly attempts: number;
  /** A call begins no further attempt after that long. */
  readonly retryForMs: number;
  /** A call waits no longer for the end of a cooldown. */
  readonly cooldownWaitMs: number;
  /** No cooldown is longer. */
  readonly cooldownMaxMs: number;
}

/** What holds where nothing else is said; `silenceMs` bounds the wait for an answer and the silence in one. */
export function plainUpstreams(silenceMs: number): Upstreams {
  return {
    cooldowns: noCooldowns,
    bounds: { firstByteMs: silenceMs, idleMs: silenceMs, totalMs: 3_600_000 },
    attempts: 3,
    retryForMs: 30_000,
    cooldownWaitMs: 2_000,
    cooldownMaxMs: 43_200_000,
  };
}

/** The bounds of one request: a provider's own win. */
export function boundsOf({ bounds }: Pick<Upstreams, 'bounds'>, route: Route): UpstreamBounds {
  const own = route.kind === 'provider' ? route.provider.timeouts : undefined;
  return own === undefined ? bounds : { ...bounds, ...own };
}
