import type { Competitor } from '../competitors.ts';
import type { Followers } from '../control-plane/followers.ts';
import type { Once } from '../idempotency/once.ts';
import type { Targets } from '../model/target.ts';
import type { LiveRuns } from './live-runs.ts';
import type { Changer } from './run-changes.ts';
import type { Stored } from './run-writes.ts';

/** What the routes of agent runs share. */
export interface AgentsContext extends Stored, Changer {
  readonly once: Once;
  readonly runs: LiveRuns;
  readonly competitors: readonly Competitor[];
  readonly targets: Targets;
  readonly cutOff: AbortSignal;
  /** Aborts when the worker begins to shut down: logs end then, and their clients come again. */
  readonly draining: AbortSignal;
  /** Counts the logs that are followed. */
  readonly followers: Followers;
  readonly stream: {
    readonly keepAliveMs: number;
    /** A client that reads nothing for this long is disconnected. */
    readonly requestTimeoutMs: number;
  };
}
