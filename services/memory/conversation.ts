import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';

export const ConversationMessage = Type.Object({
  role: Type.String({ minLength: 1, maxLength: 32 }),
  content: Type.Union([
    Type.String(),
    Type.Array(Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) })),
    Type.Null(),
  ]),
});

export type ConversationMessage = Static<typeof ConversationMessage>;
export type Conversation = readonly ConversationMessage[];

/** Text of a message; of content parts, the text parts, one per line. */
export function textOf(message: ConversationMessage): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap((part) => (part.text === undefined ? [] : [part.text])).join('\n');
}

/** SHA-256 (hex) of role and content of all messages as compact, key-sorted, ASCII-only JSON. */
export function conversationHash(conversation: Conversation): string {
  const relevant = conversation.map(({ role, content }) => ({ role, content }));
  return createHash('sha256').update(canonicalJson(relevant)).digest('hex');
}

/** Compact JSON with sorted keys and everything beyond ASCII escaped: one text for one value. */
export function canonicalJson(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
  return sorted.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
