import type { Rule } from '../answer.ts';
import { argumentsFor } from './tool-arguments.ts';

/** Answers to requests that ask for JSON: an object with the prompt, or one that fits the schema. */
export const formatted: readonly Rule[] = [
  {
    name: 'json object',
    reply: ({ request, prompt }) =>
      request.responseFormat?.type === 'json_object' ? JSON.stringify({ answer: prompt }) : undefined,
  },
  {
    name: 'json schema',
    reply: ({ request: { responseFormat }, prompt }) => {
      if (responseFormat?.type !== 'json_schema') return undefined;
      const parameters = responseFormat.json_schema?.schema ?? {};
      return JSON.stringify(
        argumentsFor({ type: 'function', function: { name: 'answer', parameters } }, prompt),
      );
    },
  },
];
