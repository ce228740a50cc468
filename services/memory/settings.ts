import type { Environment } from '../kit/environment.ts';

export interface LlmSettings {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
  readonly timeoutMs: number;
}

export interface MemorySettings {
  /** Absent: memories are found by rules alone. */
  readonly llm: LlmSettings | undefined;
  readonly requestsPerMinute: number;
  readonly maxMemoriesPerUser: number;
}

/** Reads the settings of the memory service; throws EnvironmentError. */
export function readSettings(env: Environment): MemorySettings {
  const baseUrl = env.url('MEMORY_LLM_BASE_URL');
  const llm = {
    apiKey: env.text('MEMORY_LLM_API_KEY'),
    model: env.text('MEMORY_LLM_MODEL', 'scripted'),
    // Below the 30 s that a baseline waits for an extraction, so that the rules still get their turn.
    timeoutMs: env.integer('MEMORY_LLM_TIMEOUT_MS', 20_000, { min: 1, max: 600_000 }),
  };
  return {
    llm: baseUrl === undefined ? undefined : { baseUrl, ...llm },
    requestsPerMinute: env.integer('MEMORY_RATE_LIMIT_PER_MINUTE', 60, { min: 1, max: 10_000 }),
    maxMemoriesPerUser: env.integer('MEMORY_MAX_MEMORIES_PER_USER', 100, { min: 1, max: 10_000 }),
  };
}
