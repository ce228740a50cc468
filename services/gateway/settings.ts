import { type Environment, EnvironmentError } from '../kit/environment.ts';
import { type AccessSettings, readAccessSettings } from './access/access-settings.ts';
import { type AgentSettings, readAgentSettings } from './agents/agent-settings.ts';
import { type Competitor, competitorsOf } from './competitors.ts';
import {
  type ControlPlaneSettings,
  readControlPlaneSettings,
} from './control-plane/control-plane-settings.ts';
import { type EventLogSettings, readEventLogSettings } from './event-log/event-log-settings.ts';
import { type IdempotencySettings, readIdempotencySettings } from './idempotency/idempotency-settings.ts';
import { type Provider, readProviders } from './model/provider.ts';
import { readUpstreamSettings, type UpstreamSettings } from './model/upstream-settings.ts';
import { readSocketSettings, type SocketSettings } from './responses/socket/socket-settings.ts';

export interface Transcription {
  readonly endpoint: string;
  readonly apiKey: string;
}

/** What the environment decides about a gateway. */
export interface Settings {
  readonly competitors: readonly Competitor[];
  /** Model APIs that requests go to without an agent between. */
  readonly providers: readonly Provider[];
  readonly access: AccessSettings;
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
  readonly socket: SocketSettings;
  readonly controlPlane: ControlPlaneSettings;
  readonly idempotency: IdempotencySettings;
  readonly eventLog: EventLogSettings;
  readonly agents: AgentSettings;
  /** A worker that has not been heard of for this long has lost the responses and agent runs that it had. */
  readonly responsesLeaseMs: number;
  /** Stored responses, conversations and files live this long. */
  readonly responsesKeepHours: number;
  /** The provider's model that vector stores are embedded with: an id of the gateway. */
  readonly embeddingModel: string | undefined;
  /** Where `web_search` and the tools of MCP servers, by label, are. */
  readonly webSearchUrl: string | undefined;
  readonly mcpServers: ReadonlyMap<string, string>;
  /** A vote on a younger matchup is refused. */
  readonly arenaMinVoteAgeMs: number;
}

/** Reads `GATEWAY_MCP_SERVERS`: `label=url`, separated by commas. Throws without repeating a value, which may hold keys. */
function readMcpServers(text: string | undefined): ReadonlyMap<string, string> {
  const servers = (text ?? '').split(',').flatMap((one): [string, string][] => {
    const [, label, url] = /^\s*([A-Za-z][\w-]{0,63})=(https?:\/\/\S+)\s*$/.exec(one) ?? [];
    if (label !== undefined && url !== undefined) return [[label, url]];
    if (one.trim() === '') return [];
    throw new EnvironmentError(
      'GATEWAY_MCP_SERVERS is not usable; it must be label=url, separated by commas.',
    );
  });
  return new Map(servers);
}

/** Reads the settings; throws one-sentence errors that name the variable. */
export function readSettings(env: Environment): Settings {
  const whisperEndpoint = env.url('WHISPER_ENDPOINT');
  const apiKey = env.text('CHUTES_API_KEY');
  const milliseconds = { min: 1, max: 3_600_000 };
  const providers = readProviders(env.text('GATEWAY_PROVIDERS'));
  const requestTimeoutMs = env.integer('REQUEST_TIMEOUT_MS', 300_000, milliseconds);
  return {
    competitors: competitorsOf({
      cli: env.requiredUrl('BASELINE_CLI_URL'),
      langchain: env.url('BASELINE_LANGCHAIN_URL'),
    }),
    providers,
    access: readAccessSettings(env),
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
    embeddingModel: env.text('GATEWAY_EMBEDDING_MODEL') ?? Object.keys(providers[0]?.models ?? {})[0],
    webSearchUrl: env.url('GATEWAY_WEB_SEARCH_URL'),
    mcpServers: readMcpServers(env.text('GATEWAY_MCP_SERVERS')),
    arenaMinVoteAgeMs: env.integer('ARENA_MIN_VOTE_AGE_MS', 5_000, { min: 0, max: 3_600_000 }),
    socket: readSocketSettings(env),
    controlPlane: readControlPlaneSettings(env),
    idempotency: readIdempotencySettings(env),
    eventLog: readEventLogSettings(env),
    agents: readAgentSettings(env),
    drainMs: env.integer('DRAIN_MS', 5_000, { min: 0, max: 600_000 }),
  };
}
