import { findDirectives, lastUserText } from '../kit/operation-id.ts';
import { type Conversation, textOf } from './conversation.ts';
import { type Fact, makeFact } from './fact.ts';
import { jsonArrayIn } from './llm.ts';

const instructions = `Below is a conversation as a JSON array of messages. List what is worth remembering about the user
for later conversations: lasting facts that the user stated, such as names, places, preferences and plans.
Leave out questions, guesses, passing remarks and what only the assistant said.
Answer with a JSON array and nothing else. Each item is an object with "caption" (at most 100 characters)
and "full_text" (at most 500 characters). Answer [] when there is nothing to remember.`;

/** The user message that asks a model for the facts of a conversation. */
export function extractionPrompt(conversation: Conversation): string {
  const messages = conversation.map((message) => ({ role: message.role, content: textOf(message) }));
  const parts = [instructions, `<conversation>\n${JSON.stringify(messages)}\n</conversation>`];
  return [...parts, ...findDirectives(lastUserText(conversation))].join('\n\n');
}

/** The facts in a model's answer; undefined when the answer is not the array that was asked for. */
export function parseFacts(answer: string): readonly Fact[] | undefined {
  const items = jsonArrayIn(answer);
  if (items === undefined) return undefined;
  const facts = items.flatMap((item) => factFrom(item) ?? []);
  return items.length > 0 && facts.length === 0 ? undefined : facts;
}

function factFrom(item: unknown): Fact | undefined {
  if (item === null || typeof item !== 'object') return undefined;
  const { caption, full_text: fullText } = item as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return makeFact(text(caption), text(fullText));
}
