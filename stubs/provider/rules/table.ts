import { type Answer, answerOf, type Rule } from '../answer.ts';
import type { Call } from '../call.ts';
import { code } from './code.ts';
import { conversation, otherwise } from './conversation.ts';
import { directed } from './directed.ts';
import { formatted } from './formatted.ts';
import { memory } from './memory.ts';
import { routing } from './routing.ts';
import { tools } from './tools.ts';

/** All rules in the order in which they are asked. A rule sees the request and nothing else. */
export const rules: readonly Rule[] = [
  ...directed,
  ...routing,
  ...memory,
  ...tools,
  ...formatted,
  ...code,
  ...conversation,
];

export function answer(call: Call): Answer {
  for (const rule of rules) {
    const reply = rule.reply(call);
    if (reply !== undefined) return answerOf(call, reply);
  }
  return answerOf(call, otherwise);
}
