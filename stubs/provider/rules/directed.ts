import type { Rule } from '../answer.ts';
import { textOf } from '../chat-request.ts';
import { argumentsFor } from './tool-arguments.ts';

const MAX_TOKENS = 200_000;

/** Answers that the last user message orders by a directive. */
export const directed: readonly Rule[] = [
  {
    name: 'tool directive',
    reply: ({ directives, request, afterUser, prompt }) => {
      if (directives.tool === undefined || afterUser.some((message) => message.role === 'tool'))
        return undefined;
      const calls = directives.tool.split(',').map((name) => {
        const tool = request.tools.find((offered) => offered.function.name === name);
        return { name, args: tool ? argumentsFor(tool, prompt) : {} };
      });
      return { calls };
    },
  },
  {
    name: 'echo directive',
    reply: ({ directives, request }) => {
      if (directives.echo === undefined) return undefined;
      const systems = request.messages.filter(({ role }) => role === 'system');
      return systems.map(textOf).join('\n');
    },
  },
  {
    name: 'refuse directive',
    reply: ({ directives: { refuse } }) => (refuse === undefined ? undefined : { refusal: refuse }),
  },
  { name: 'say directive', reply: ({ directives }) => directives.say },
  {
    name: 'tokens directive',
    reply: ({ directives: { tokens } }) =>
      tokens === undefined
        ? undefined
        : Array.from({ length: Math.min(tokens, MAX_TOKENS) }, (_, i) => `w${i + 1}`).join(' '),
  },
];
