import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import type { Target } from '../model/target.ts';

/** What a competitor is told about a request beside its body. */
export type ForwardedIds = {
  readonly requestId: string;
  readonly correlationId: string;
  readonly debug: boolean;
  readonly stream: boolean;
  /** The client's X-Baseline-Agent header, unchecked. */
  readonly baselineAgent?: string | string[] | undefined;
};

const AGENT_NAME = /^[a-z][a-z-]{0,31}$/;

/** Fields that agents know and a provider's API does not. */
const agentFields = new Set(['user_id', 'enable_memory', 'generation_flags', 'debug']);

/** Where a conversation goes: address, the headers only this upstream gets, and the body. */
export function outgoing(target: Target, request: ChatCompletionRequest) {
  if (target.kind === 'agent') {
    const url = `${target.agent.url}/v1/chat/completions`;
    return { upstream: target.agent.id, url, headers: {}, body: forwardedBody(request) };
  }
  const [provider] = target.providers;
  const [apiKey] = provider?.apiKeys ?? [];
  const plain = Object.entries(request).filter(([name]) => !agentFields.has(name));
  return {
    upstream: provider?.id ?? target.model,
    url: `${provider?.baseUrl}/chat/completions`,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    body: forwardedBody({
      ...Object.fromEntries(plain),
      model: provider?.models[target.model],
    } as typeof request),
  };
}

/** The body for an upstream: everything the client sent, except routing and top-level nulls (absent, in effect). */
export function forwardedBody(request: ChatCompletionRequest): string {
  const { competitor_id: _routing, ...rest } = request;
  return JSON.stringify(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)));
}

/** The headers for the competitor; the client's credentials are not among them. */
export function forwardedHeaders(ids: ForwardedIds): Record<string, string> {
  const { baselineAgent } = ids;
  return {
    'content-type': 'application/json',
    accept: ids.stream ? 'text/event-stream' : 'application/json',
    'x-request-id': ids.requestId,
    'x-correlation-id': ids.correlationId,
    ...(ids.debug ? { 'x-debug-request-id': ids.requestId } : {}),
    ...(ids.stream ? { 'x-upstream-service': 'gateway' } : {}),
    ...(typeof baselineAgent === 'string' && AGENT_NAME.test(baselineAgent)
      ? { 'x-baseline-agent': baselineAgent }
      : {}),
  };
}
