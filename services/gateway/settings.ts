import type { Environment } from '../kit/environment.ts';
import { type Competitor, competitorsOf } from './competitors.ts';
import { type Provider, readProviders } from './model/provider.ts';
import { readUpstreamSettings, type UpstreamSettings } from './model/upstream-settings.ts';

export type Transcription = { readonly endpoint: string; readonly apiKey: string };

/** What the environment decides about a gateway. */
export type Settings = {
  readonly competitors: readonly Competitor[];
  /** Model APIs that requests go to without an agent between. */
  readonly providers: readonly Provider[];
  /** Keys of callers; without any, every key is taken as a tenant of its own. */
  readonly apiKeys: readonly string[];
  readonly memoryUrl: string | undefined;
  /** Where speech goes; `transcription` is set only when both are there. */
  readonly whisperEndpoint: string | undefined;
  readonly apiKeyConfigured: boolean;
  readonly transcription: Transcription | undefined;
  /** Silence towards a client after which a stream carries a `: ping`. */
  readonly keepAliveMs: number;
  /** Bound for a JSON answer, and for a client that takes nothing of a stream. */
  readonly requestTimeoutMs: number;
  /** Bounds, retries and cooldowns towards upstreams. */
  readonly upstream: UpstreamSettings;
  /**
   * How long a stream waits for the upstream's status before it commits to 200 and pings. Until then a refusal keeps
   * its HTTP status; after it a client would take the silence for a hung gateway (spec 101: gaps stay below 5 s).
   */
  readonly streamCommitMs: number;
  readonly drainMs: number;
  /** A worker that has not been heard of for this long has lost the responses it ran. */
  readonly responsesLeaseMs: number;
  /** Stored responses, conversations and files live this long. */
  readonly responsesKeepHours: number;
  /** A vote on a younger matchup is refused. */
  readonly arenaMinVoteAgeMs: number;
};

/** Reads the settings; throws one-sentence errors that name the variable. */
export function readSettings(env: Environment): Settings {
  const whisperEndpoint = env.url('WHISPER_ENDPOINT');
  const apiKey = env.text('CHUTES_API_KEY');
  const milliseconds = { min: 1, max: 3_600_000 };
  const requestTimeoutMs = env.integer('REQUEST_TIMEOUT_MS', 300_000, milliseconds);
  return {
    competitors: competitorsOf({
      cli: env.requiredUrl('BASELINE_CLI_URL'),
      langchain: env.url('BASELINE_LANGCHAIN_URL'),
    }),
    providers: readProviders(env.text('GATEWAY_PROVIDERS')),
    apiKeys: (env.text('GATEWAY_API_KEYS') ?? '').split(',').flatMap((key) => key.trim() || []),
    memoryUrl: env.url('MEMORY_SERVICE_URL'),
    whisperEndpoint,
    apiKeyConfigured: apiKey !== undefined,
    transcription: whisperEndpoint && apiKey ? { endpoint: whisperEndpoint, apiKey } : undefined,
    keepAliveMs: env.integer('KEEP_ALIVE_INTERVAL_MS', 1_500, milliseconds),
    requestTimeoutMs,
    upstream: readUpstreamSettings(env, requestTimeoutMs),
    streamCommitMs: env.integer('STREAM_COMMIT_MS', 4_000, milliseconds),
    responsesLeaseMs: env.integer('RESPONSES_LEASE_MS', 5_000, { min: 500, max: 3_600_000 }),
    responsesKeepHours: env.integer('RESPONSES_KEEP_HOURS', 720, { min: 1, max: 87_600 }),
    arenaMinVoteAgeMs: env.integer('ARENA_MIN_VOTE_AGE_MS', 5_000, { min: 0, max: 3_600_000 }),
    drainMs: env.integer('DRAIN_MS', 5_000, { min: 0, max: 600_000 }),
  };
}
