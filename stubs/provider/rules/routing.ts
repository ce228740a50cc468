import type { Rule } from '../answer.ts';
import { ROUTING_TOOLS } from '../call.ts';

const WORK =
  /\b(code|script|function|program|class|python|javascript|typescript|bash|sql|file|files|folder|repository|refactor|debug|compile|execute|implement|download|clone|install)\b/i;

/** The classifying tool calls by which a baseline asks whether a request needs its slow path. */
export const routing: readonly Rule[] = [
  {
    name: 'routing decision',
    reply: ({ kind, request, prompt }) => {
      if (kind !== 'routing') return undefined;
      const name = ROUTING_TOOLS.find((tool) =>
        request.tools.some((offered) => offered.function.name === tool),
      );
      if (name === undefined) return undefined;
      const work = WORK.test(prompt);
      const reason = work ? 'the request is about code or files' : 'plain conversation';
      const args =
        name === 'use_agent'
          ? { needs_agent: work, reason }
          : { decision: work ? 'agent_kimi' : 'fast_qwen' };
      return { calls: [{ name, args }] };
    },
  },
];
