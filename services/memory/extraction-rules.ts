import { type Conversation, textOf } from './conversation.ts';
import { type Fact, factKey, makeFact } from './fact.ts';

const tellsAFact = /\b(my favou?rite|my name|i am|i['’]m|i live|remember)\b/i;

/** Facts by rule, for when no model answers: sentences of the user that speak about the user. */
export function extractByRules(conversation: Conversation): readonly Fact[] {
  const facts = conversation
    .filter((message) => message.role === 'user')
    .flatMap((message) => sentences(textOf(message)))
    .filter((sentence) => tellsAFact.test(sentence) && !sentence.endsWith('?'))
    .flatMap((sentence) => makeFact(sentence, sentence) ?? []);
  return [...new Map(facts.map((fact) => [factKey(fact), fact])).values()];
}

function sentences(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
