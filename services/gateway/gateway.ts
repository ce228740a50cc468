import type { Dispatcher } from 'undici';
import type { Sql } from '../kit/database.ts';
import type { DebugRuns } from '../kit/debug/debug-runs.ts';
import { openaiError } from '../kit/openai-error.ts';
import type { MemoryOwner } from './memories/memory-owner.ts';
import type { ModelPlane } from './model/model-call.ts';
import type { Targets } from './model/target.ts';
import type { Upstreams } from './model/upstreams.ts';
import type { Settings } from './settings.ts';

/** What the routes of one worker share. */
export interface Gateway {
  readonly settings: Settings;
  readonly agent: Dispatcher;
  readonly targets: Targets;
  readonly plane: ModelPlane;
  readonly upstreams: Upstreams;
  readonly sql: Sql;
  readonly debugRuns: DebugRuns;
  readonly memoryOwner: MemoryOwner;
  /** Aborts shortly before a drain ends, with an error to answer: what still runs then ends with a reason. */
  readonly cutOff: AbortSignal;
}

/** Left over of the drain for error answers and frames to reach their clients. */
const farewellMs = 300;

/** A signal that aborts shortly before a drain of `drainMs` is over, with the error that requests then end with. */
export function cutOffBeforeDrainEnds(draining: AbortSignal, drainMs: number): AbortSignal {
  const controller = new AbortController();
  const cut = () =>
    controller.abort(openaiError(503, 'The gateway is shutting down.', 'server_error', 'shutting_down'));
  draining.addEventListener('abort', () => setTimeout(cut, Math.max(0, drainMs - farewellMs)).unref(), {
    once: true,
  });
  return controller.signal;
}
