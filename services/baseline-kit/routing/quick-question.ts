import { wordsOf } from './first-pass.ts';

const greetings = new Set(
  `hi, hello, hey, hi there, hello there, hey there, howdy, yo, greetings, good morning, good afternoon,
   good evening, good night, how are you, what's up, sup, thanks, thank you, bye, goodbye, ok, okay,
   hallo, moin, servus, guten morgen, guten tag, guten abend, gute nacht, danke, wie geht es dir,
   wie geht's, tschüss`.split(/,\s+/),
);

const longestQuestionWords = 15;

const factual: readonly RegExp[] = [
  /^(?:what|why|how|when|where|who)(?:'s| (?:is|are|was|were|do|does|did))\b/i,
  /^explain (?:why|how|what)\b/i,
  /^(?:define|describe|tell me about)\s+\S/i,
  /^what does .+ mean\b/i,
  /^(?:what is|calculate|compute)\s+[-(]?\d/i,
  /^(?:can|could) you (?:explain|tell me|describe)\b/i,
  /^(?:was|wer|wie|wo|wann|warum|wieso|weshalb) (?:ist|sind|war|waren|bedeutet|heißt|macht|funktioniert)\b/iu,
  /^(?:erkläre?|beschreibe?|definiere?|erzähle? mir)\s+\S/iu,
  /^(?:was ist|berechne)\s+[-(]?\d/i,
];

/** Nothing but a greeting or thanks, in English or German, whatever its case and punctuation. */
export function isGreeting(text: string): boolean {
  const bare = text
    .toLowerCase()
    .replaceAll(/[!.,?\s]+/g, ' ')
    .trim();
  return greetings.has(bare);
}

/** A short question for facts, which needs no tools. */
export function isFactualQuestion(text: string): boolean {
  return wordsOf(text) <= longestQuestionWords && factual.some((pattern) => pattern.test(text.trim()));
}
