import type { Environment } from '../kit/environment.ts';
import { defaultLimits, type SandboxLimits } from './sandbox/limits.ts';

/** What the environment decides about a baseline. */
export interface BaselineSettings {
  /** Base URL of the model API, `/v1` included. */
  readonly llmUrl: string;
  readonly llmKey: string | undefined;
  readonly model: string;
  /** Asked one after the other which path a request takes. */
  readonly routingModels: readonly string[];
  readonly routingTimeoutMs: number;
  readonly memoryUrl: string | undefined;
  /** First pass: an estimated length above this is complex. */
  readonly thresholdTokens: number;
  readonly alwaysUseAgent: boolean;
  /** Silence towards a client after which a stream carries a comment. */
  readonly keepAliveMs: number;
  /** How long a stream waits for its first piece before it commits to 200 and pings; below what a gateway waits. */
  readonly streamCommitMs: number;
  readonly requestTimeoutMs: number;
  readonly sandbox: SandboxLimits;
  readonly sandboxConcurrency: number;
  /** Sandboxed programs may run as the service's own user, whose environment they can then read. */
  readonly sandboxSharedUser: boolean;
}

/** Reads the settings; throws one-sentence errors that name the variable. */
export function readBaselineSettings(env: Environment): BaselineSettings {
  const model = env.text('MODEL', 'scripted');
  const milliseconds = { min: 1, max: 3_600_000 };
  return {
    llmUrl: env.requiredUrl('OPENAI_BASE_URL'),
    llmKey: env.text('OPENAI_API_KEY'),
    model,
    routingModels: env.text('ROUTING_MODELS', model).split(/[\s,]+/),
    routingTimeoutMs: env.integer('ROUTING_TIMEOUT_MS', 3_000, milliseconds),
    memoryUrl: env.url('MEMORY_SERVICE_URL'),
    thresholdTokens: env.integer('COMPLEXITY_THRESHOLD', 100, { min: 0, max: 1_000_000 }),
    alwaysUseAgent: env.oneOf('ALWAYS_USE_AGENT', 'false', ['true', 'false']) === 'true',
    keepAliveMs: env.integer('KEEP_ALIVE_INTERVAL_MS', 1_500, { min: 0, max: 3_600_000 }),
    streamCommitMs: env.integer('STREAM_COMMIT_MS', 3_000, milliseconds),
    requestTimeoutMs: env.integer('REQUEST_TIMEOUT_MS', 300_000, milliseconds),
    sandbox: {
      ...defaultLimits,
      wallClockMs: env.integer('SANDBOX_TIMEOUT_MS', defaultLimits.wallClockMs, milliseconds),
      cpuSeconds: env.integer('SANDBOX_CPU_SECONDS', defaultLimits.cpuSeconds, { min: 1, max: 3_600 }),
    },
    sandboxConcurrency: env.integer('SANDBOX_CONCURRENCY', 2, { min: 1, max: 64 }),
    sandboxSharedUser: env.oneOf('SANDBOX_SHARED_USER', 'false', ['true', 'false']) === 'true',
  };
}
