import { type ChatCompletionRequest, withoutNulls } from '../../kit/chat-schema.ts';

/** What a competitor is told about a request beside its body. */
export interface ForwardedIds {
  readonly requestId: string;
  readonly correlationId: string;
  readonly debug: boolean;
  readonly stream: boolean;
  /** The client's X-Baseline-Agent header, unchecked. */
  readonly baselineAgent?: string | string[] | undefined;
}

const agentName = /^[a-z][a-z-]{0,31}$/;

/** The body for the competitor: everything the client sent, except routing and nulls that mean absence. */
export function forwardedBody(request: ChatCompletionRequest): string {
  const { competitor_id: _routing, messages, ...rest } = request;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  return JSON.stringify({ ...Object.fromEntries(given), messages: withoutNulls(messages) });
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
    ...(typeof baselineAgent === 'string' && agentName.test(baselineAgent)
      ? { 'x-baseline-agent': baselineAgent }
      : {}),
  };
}
