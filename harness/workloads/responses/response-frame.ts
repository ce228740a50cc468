import type { Usage } from '../../history/events.ts';
import type { Frame } from '../workload.ts';

/** A response as far as the workload looks at it. */
export interface ResponseSeen {
  readonly id?: string;
  readonly status?: string;
  readonly output?: readonly {
    readonly content?: readonly { readonly text?: string }[];
  }[];
  readonly usage?: { readonly input_tokens?: unknown; readonly output_tokens?: unknown } | null;
  readonly error?: { readonly code?: string; readonly message?: string } | null;
}

interface EventSeen {
  readonly type?: string;
  readonly delta?: string;
  readonly message?: string;
  readonly response?: ResponseSeen;
}

/** An event of a stream of responses: text, the terminal one of an answer that is whole, or an error. */
export function responseFrame(data: string): Frame | undefined {
  const event = eventIn(data);
  switch (event?.type) {
    case undefined:
      return { error: `no event: ${data.slice(0, 80)}` };
    case 'response.output_text.delta':
      return event?.delta ? { text: event.delta } : undefined;
    case 'response.completed':
      return { done: true };
    case 'response.failed':
    case 'response.incomplete':
      return { error: event?.response?.error?.message ?? `${event?.type}` };
    case 'error':
      return { error: event?.message ?? 'error' };
    default:
      return undefined;
  }
}

function eventIn(data: string): EventSeen | undefined {
  try {
    return (JSON.parse(data) as EventSeen | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The latest response in the events of a body. */
export function responseInBody(body: string): ResponseSeen | undefined {
  const told = body
    .split('\n')
    .findLast((line) => line.startsWith('data: {') && line.includes('"response":'));
  return told === undefined ? undefined : eventIn(told.slice('data: '.length))?.response;
}

/** The text of all messages. */
export const textOfResponse = ({ output = [] }: ResponseSeen): string =>
  output.flatMap(({ content = [] }) => content.map(({ text }) => text ?? '')).join('');

/** Tokens that a response says it took. */
export function usageOfResponse(response: ResponseSeen | undefined): { usage?: Usage } {
  const { input_tokens: promptTokens, output_tokens: completionTokens } = response?.usage ?? {};
  return typeof promptTokens === 'number' && typeof completionTokens === 'number'
    ? { usage: { promptTokens, completionTokens } }
    : {};
}
