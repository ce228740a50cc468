import type { ChatCompletionRequest } from '../../kit/chat-schema.ts';
import { openaiError } from '../../kit/openai-error.ts';
import type { Target } from '../model/target.ts';

/** Fields that ask for what only a model itself can give: several answers, and how likely their tokens were. */
const modelOnly: readonly (readonly [field: string, asks: (value: unknown) => boolean])[] = [
  ['n', (value) => typeof value === 'number' && value > 1],
  ['logprobs', (value) => value === true],
  ['top_logprobs', (value) => typeof value === 'number' && value > 0],
];

/** Throws 400 `unsupported_parameter` for a chat that asks an agent for what it would silently leave out. */
export function checkAgentRequest(target: Target, request: ChatCompletionRequest): void {
  if (target.kind !== 'agent') return;
  const fields = request as Readonly<Record<string, unknown>>;
  const asked = modelOnly.find(([field, asks]) => asks(fields[field]));
  if (asked === undefined) return;
  const message = `The model '${target.model}' is an agent: it does not support '${asked[0]}'.`;
  throw openaiError(400, message, 'invalid_request_error', 'unsupported_parameter', asked[0]);
}
