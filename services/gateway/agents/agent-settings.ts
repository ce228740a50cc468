import type { Environment } from '../../kit/environment.ts';

/** Bounds of agent runs. */
export interface AgentSettings {
  /** Runs of one tenant at a time, over all workers. */
  readonly maxPerTenant: number;
  /** Runs of one worker at a time. */
  readonly maxPerWorker: number;
  /** For one attempt; a run that takes longer fails. */
  readonly timeoutMs: number;
  /** Characters of one answer, as UTF-8. */
  readonly maxOutputBytes: number;
  /** Runs that nobody has touched for this long are deleted, with their messages and logs. */
  readonly keepHours: number;
}

/** Reads `AGENT_…`. */
export function readAgentSettings(env: Environment): AgentSettings {
  return {
    maxPerTenant: env.integer('AGENT_RUNS_PER_TENANT', 32, { min: 1, max: 10_000 }),
    maxPerWorker: env.integer('AGENT_RUNS_PER_WORKER', 64, { min: 1, max: 10_000 }),
    timeoutMs: env.integer('AGENT_RUN_TIMEOUT_MS', 3_600_000, { min: 100, max: 86_400_000 }),
    maxOutputBytes: env.integer('AGENT_MAX_OUTPUT_BYTES', 1_048_576, { min: 1_024, max: 16_777_216 }),
    keepHours: env.integer('AGENT_KEEP_HOURS', 720, { min: 1, max: 87_600 }),
  };
}
