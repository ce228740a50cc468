import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';

const passedNames = [
  ...[
    'temperature',
    'top_p',
    'max_tokens',
    'max_completion_tokens',
    'response_format',
    'user',
    'stop',
    'seed',
  ],
  ...['presence_penalty', 'frequency_penalty', 'logit_bias', 'parallel_tool_calls', 'reasoning_effort'],
];

/** The client's sampling parameters, as the model API names them; nulls left out, zeros kept. */
export function parametersOf(request: ChatCompletionRequest): Readonly<Record<string, unknown>> {
  const given = Object.entries(request);
  return Object.fromEntries(given.filter(([name, value]) => passedNames.includes(name) && value !== null));
}
