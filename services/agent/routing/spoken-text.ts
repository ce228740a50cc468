import type { ChatMessage } from '../../kit/chat-schema.ts';
import { findDirectives, lastUserText } from '../../kit/operation-id.ts';

/** Text without its `[[key=value …]]` directives, which speak to the model's provider and say nothing about the task. */
export function withoutDirectives(text: string): string {
  return findDirectives(text)
    .reduce((rest, directive) => rest.replace(directive, ' '), text)
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
}

/** The text parts of a message's content. */
export function contentText(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** What the person asked last, as far as routing is concerned. */
export function askedText(messages: readonly ChatMessage[]): string {
  return withoutDirectives(lastUserText(messages));
}

export function hasImage(messages: readonly ChatMessage[]): boolean {
  const content = messages.findLast(({ role }) => role === 'user')?.content;
  return Array.isArray(content) && content.some(({ type }) => type === 'image_url');
}
