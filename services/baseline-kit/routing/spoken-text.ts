import type { ChatMessage } from '../../kit/chat-schema.ts';
import { lastUserText, withoutDirectives } from '../../kit/operation-id.ts';

/** The text parts of a message's content. */
export function contentText(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** What the person asked last, as far as routing is concerned. */
export function askedText(messages: readonly ChatMessage[]): string {
  return withoutDirectives(lastUserText(messages)).trim();
}

/** Whether the last user message shows an image; those of earlier turns were dealt with. */
export function hasImage(messages: readonly ChatMessage[]): boolean {
  const content = messages.findLast(({ role }) => role === 'user')?.content;
  return Array.isArray(content) && content.some(({ type }) => type === 'image_url');
}
