import { type ChatCompletionRequest, withoutNulls } from '../../kit/chat-schema.ts';
import type { UpstreamRequest } from '../model/model-call.ts';
import { isKeptFromProviders } from '../model/provider-fields.ts';
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

/** How a conversation goes by a route: to which address, with which headers and body. */
export function outgoing(
  route: Route,
  request: ChatCompletionRequest,
  ids: ForwardedIds,
  path = '/chat/completions',
): Omit<UpstreamRequest, 'upstream'> {
  const headers = forwardedHeaders(ids);
  if (route.kind === 'agent') {
    return { url: `${route.agent.url}/v1/chat/completions`, headers, body: forwardedBody(request) };
  }
  const { provider, apiKey, model } = route;
  if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
  const body = forwardedBody({ ...request, model }, isKeptFromProviders);
  return { url: `${provider.baseUrl}${path}`, headers, body };
}

const isRouting = (field: string): boolean => field === 'competitor_id';

/** The body for an upstream: everything the client sent, except what is kept from it and nulls that mean absence. */
export function forwardedBody(
  request: ChatCompletionRequest,
  isKept: (field: string) => boolean = isRouting,
): string {
  const passed: Record<string, unknown> = { ...request };
  for (const field of Object.keys(passed)) {
    // What is undefined is no part of JSON.
    if (passed[field] === null || isKept(field)) passed[field] = undefined;
  }
  // Other APIs than that of chats have no messages.
  if (request.messages !== undefined) passed.messages = withoutNulls(request.messages);
  return JSON.stringify(passed);
}

/** The headers for the competitor; the client's credentials are not among them. */
export function forwardedHeaders(ids: ForwardedIds): Record<string, string> {
  const { baselineAgent } = ids;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: ids.stream ? 'text/event-stream' : 'application/json',
    'x-request-id': ids.requestId,
    'x-correlation-id': ids.correlationId,
  };
  if (ids.debugId !== undefined) headers['x-debug-request-id'] = ids.debugId;
  if (ids.stream) headers['x-upstream-service'] = 'gateway';
  if (typeof baselineAgent === 'string' && agentName.test(baselineAgent))
    headers['x-baseline-agent'] = baselineAgent;
  return headers;
}
