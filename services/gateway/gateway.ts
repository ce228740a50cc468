import type { Dispatcher } from 'undici';
import type { Sql } from '../kit/database.ts';
import type { DebugRuns } from '../kit/debug/debug-runs.ts';
import type { ModelPlane } from './model/model-call.ts';
import type { Targets } from './model/target.ts';
import type { Upstreams } from './model/upstreams.ts';
import type { Settings } from './settings.ts';

/** What the routes of one worker share. */
export type Gateway = {
  readonly settings: Settings;
  readonly agent: Dispatcher;
  readonly targets: Targets;
  readonly plane: ModelPlane;
  readonly upstreams: Upstreams;
  readonly sql: Sql;
  readonly debugRuns: DebugRuns;
  /** Aborts shortly before a drain ends, with an error to answer: what still runs then ends with a reason. */
  readonly cutOff: AbortSignal;
};
