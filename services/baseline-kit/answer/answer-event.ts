import type { Static } from 'typebox';
import type { ToolCallDelta, Usage } from '../../kit/chat-schema.ts';

/** Pieces of an answer in the order in which a client shall see them. Exactly one `end`, and nothing after it. */
export type AnswerEvent =
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'tool_calls'; readonly deltas: readonly Static<typeof ToolCallDelta>[] }
  | { readonly kind: 'end'; readonly finishReason: string; readonly usage?: Usage | undefined };

/** How a request is answered: what is known before, then the pieces, which throw when the answer can't be completed. */
export interface Answer {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly events: AsyncIterable<AnswerEvent>;
}
