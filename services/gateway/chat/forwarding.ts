import { type ChatCompletionRequest, withoutNulls } from '../../kit/chat-schema.ts';
import { providerFields } from '../model/provider-fields.ts';
import type { Route } from '../model/route.ts';

/** What a competitor is told about a request beside its body. */
export interface ForwardedIds {
  readonly requestId: string;
  readonly correlationId: string;
  /** Under which the agent shall keep what it tells of this request, if it is debugged. */
  readonly debugId?: string | undefined;
  readonly stream: boolean;
  /** The client's X-Baseline-Agent header, unchecked. */
  readonly baselineAgent?: string | string[] | undefined;
}

const agentName = /^[a-z][a-z-]{0,31}$/;

/** Where a conversation goes by a route: address, the headers only this upstream gets, and the body. */
export function outgoing(route: Route, request: ChatCompletionRequest, path = '/chat/completions') {
  if (route.kind === 'agent') {
    const url = `${route.agent.url}/v1/chat/completions`;
    return { url, headers: {}, body: forwardedBody(request) };
  }
  const { provider, apiKey, model } = route;
  return {
    url: `${provider.baseUrl}${path}`,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    body: forwardedBody({ ...providerFields(request), model } as typeof request),
  };
}

/** The body for an upstream: everything the client sent, except routing and nulls that mean absence. */
export function forwardedBody(request: ChatCompletionRequest): string {
  const { competitor_id: _routing, messages, ...rest } = request;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  // Other APIs than that of chats have no messages.
  const said = messages === undefined ? {} : { messages: withoutNulls(messages) };
  return JSON.stringify({ ...Object.fromEntries(given), ...said });
}

/** The headers for the competitor; the client's credentials are not among them. */
export function forwardedHeaders(ids: ForwardedIds): Record<string, string> {
  const { baselineAgent } = ids;
  return {
    'content-type': 'application/json',
    accept: ids.stream ? 'text/event-stream' : 'application/json',
    'x-request-id': ids.requestId,
    'x-correlation-id': ids.correlationId,
    ...(ids.debugId === undefined ? {} : { 'x-debug-request-id': ids.debugId }),
    ...(ids.stream ? { 'x-upstream-service': 'gateway' } : {}),
    ...(typeof baselineAgent === 'string' && agentName.test(baselineAgent)
      ? { 'x-baseline-agent': baselineAgent }
      : {}),
  };
}
