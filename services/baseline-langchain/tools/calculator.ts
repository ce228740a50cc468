import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import { toolNames } from '../routing.ts';
import { evaluate } from './expression.ts';

export const calculator = tool(
  ({ expression }) => {
    try {
      return String(evaluate(expression));
    } catch (error) {
      return `Not calculated: ${(error as Error).message}`;
    }
  },
  {
    name: toolNames.calculator,
    description: 'Calculates an arithmetic expression with + - * / % ^ and parentheses.',
    schema: z.object({ expression: z.string().max(1_000).describe('For example (2 + 3) * 4') }),
  },
);
