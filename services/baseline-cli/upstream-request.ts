import { type ChatCompletionRequest, withoutNulls } from '../kit/chat-schema.ts';
import type { LlmRequest } from './llm/llm.ts';

/** Fields that speak to the baseline, not to the model; `metadata` is one that models refuse without `store`. */
const ownFields = new Set([
  ...[
    'model',
    'stream',
    'stream_options',
    'user_id',
    'enable_memory',
    'generation_flags',
    'debug',
    'metadata',
  ],
  ...['competitor_id', 'browser_session_id', 'chutes_access_token'],
]);

/** The client's request as the model gets it: all of its messages and parameters, nulls left out. */
export function upstreamRequest(request: ChatCompletionRequest, model: string): LlmRequest {
  const passed = Object.entries(request).filter(([name, value]) => !ownFields.has(name) && value !== null);
  return { ...Object.fromEntries(passed), messages: withoutNulls(request.messages), model };
}
