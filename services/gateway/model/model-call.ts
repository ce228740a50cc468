import type { FastifyBaseLogger } from 'fastify';
import type { Dispatcher } from 'undici';
import type { ChatCompletionRequest, Usage } from '../../kit/chat-schema.ts';
import { providerFields } from './provider-fields.ts';
import type { Route } from './route.ts';
import type { Target } from './target.ts';
import type { Upstreams } from './upstreams.ts';

/** One chat completion that the gateway asks for on behalf of a request of any of its APIs. */
export interface ModelCall {
  readonly target: Target;
  /** In the shape of the Chat Completions API; `model` and `stream` are set on the way. */
  readonly request: Omit<ChatCompletionRequest, 'model' | 'stream'> & Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly correlationId: string;
  readonly log: FastifyBaseLogger;
  /** Aborts the upstream request: the client has gone, the run was cancelled, the worker shuts down. */
  readonly signal: AbortSignal;
}

/** What became of one request to an upstream. */
export interface UpstreamOutcome {
  /** Id of the provider or of the agent. */
  readonly upstream: string;
  readonly model: string;
  /** `cancelled`: the caller went, which says nothing about the upstream. */
  readonly result: 'success' | 'failure' | 'cancelled';
  readonly latencyMs: number;
  /** To the first chunk of a stream. */
  readonly firstMs?: number | undefined;
  readonly usage?: Usage | undefined;
  readonly status?: number | undefined;
}

/** What calls of all APIs share in one worker. */
export interface ModelPlane {
  readonly dispatcher: Dispatcher;
  /** Bound for a whole answer, all attempts at it included. */
  readonly requestTimeoutMs: number;
  /** Told once per upstream request; must not throw. */
  readonly observe: (outcome: UpstreamOutcome) => void;
  /** Cooldowns, bounds and retries; without them there are no cooldowns and `requestTimeoutMs` bounds every silence. */
  readonly upstreams?: Upstreams;
}

/** Address, headers and body of the call at one upstream. */
export interface UpstreamRequest {
  /** Named in errors, logs and metrics. */
  readonly upstream: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * The request by one route: to an agent, which knows the gateway's own fields, or to a provider, by its own name for the
 * model and with one of its keys. The client's credentials and headers are in neither.
 */
export function upstreamRequest(call: ModelCall, route: Route, stream: boolean): UpstreamRequest {
  const { upstream } = route;
  const headers = headersOf(call, stream);
  if (route.kind === 'agent') {
    const url = `${route.agent.url}/v1/chat/completions`;
    return { upstream, url, headers, body: bodyOf(call.request, call.target.model, stream) };
  }
  const { provider, apiKey, model } = route;
  if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
  const url = `${provider.baseUrl}/chat/completions`;
  return { upstream, url, headers, body: bodyOf(providerFields(call.request), model, stream) };
}

function headersOf({ requestId, correlationId }: ModelCall, stream: boolean): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    'x-request-id': requestId,
    'x-correlation-id': correlationId,
  };
}

/** Top-level nulls count as absent. A stream is always asked for its usage: the gateway's journal counts it. */
function bodyOf(request: object, model: string, stream: boolean): string {
  const fields = Object.entries(request).filter(([, value]) => value !== null && value !== undefined);
  const options = stream ? { stream, stream_options: { include_usage: true } } : { stream };
  return JSON.stringify({ ...Object.fromEntries(fields), model, ...options });
}
