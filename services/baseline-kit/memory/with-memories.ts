import type { ChatMessage } from '../../kit/chat-schema.ts';
import { contentText } from '../routing/spoken-text.ts';
import type { RecalledMemory, Spoken } from './memory-client.ts';

/** Adds memories to the last user message, after its own text and beside its images; other messages stay as they are. */
export function withMemories(
  messages: readonly ChatMessage[],
  memories: readonly RecalledMemory[],
): readonly ChatMessage[] {
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const asked = messages[at];
  if (asked === undefined || memories.length === 0) return messages;
  const note = noteOf(memories);
  const content =
    typeof asked.content === 'string'
      ? `${asked.content}\n\n${note}`
      : [...(asked.content ?? []), { type: 'text' as const, text: note }];
  return messages.with(at, { ...asked, content });
}

function noteOf(memories: readonly RecalledMemory[]): string {
  const lines = memories.map(({ id, caption }) => `- [${id}] ${caption.replaceAll(/\s+/g, ' ')}`);
  const notice = 'Known about this user from earlier conversations; use it where it helps:';
  return `${notice}\n<memory-references>\n${lines.join('\n')}\n</memory-references>`;
}

/** A conversation with its answer, as text; tool traffic and pictures are nothing to remember. */
export function spokenConversation(messages: readonly ChatMessage[], answer: string): readonly Spoken[] {
  const spoken = messages
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, content }) => ({ role: String(role), content: contentText(content) }))
    .filter(({ content }) => content !== '');
  return [...spoken, { role: 'assistant', content: answer }];
}
