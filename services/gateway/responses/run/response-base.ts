import type { ResponseObject } from '../events/response-event.ts';
import type { ReadRequest } from '../request/read-request.ts';

/** A response before its output: what was asked for, with the API's defaults for the rest. */
export function responseBase(id: string, createdAt: number, request: ReadRequest): ResponseObject {
  const { fields, store, background, conversationId } = request;
  return {
    id,
    object: 'response',
    created_at: createdAt,
    completed_at: null,
    status: background ? 'queued' : 'in_progress',
    background,
    error: null,
    incomplete_details: null,
    instructions: fields.instructions ?? null,
    max_output_tokens: fields.max_output_tokens ?? null,
    max_tool_calls: fields.max_tool_calls ?? null,
    model: fields.model,
    output: [],
    parallel_tool_calls: fields.parallel_tool_calls ?? true,
    previous_response_id: fields.previous_response_id ?? null,
    conversation: conversationId === undefined ? null : { id: conversationId },
    reasoning: { effort: fields.reasoning?.effort ?? null, summary: fields.reasoning?.summary ?? null },
    service_tier: fields.service_tier ?? 'default',
    store,
    temperature: fields.temperature ?? 1,
    text: { ...fields.text, format: fields.text?.format ?? { type: 'text' } },
    tool_choice: fields.tool_choice ?? 'auto',
    tools: fields.tools ?? [],
    top_logprobs: fields.top_logprobs ?? 0,
    top_p: fields.top_p ?? 1,
    presence_penalty: fields.presence_penalty ?? 0,
    frequency_penalty: fields.frequency_penalty ?? 0,
    truncation: fields.truncation ?? 'disabled',
    usage: null,
    user: fields.user ?? null,
    safety_identifier: fields.safety_identifier ?? null,
    prompt_cache_key: fields.prompt_cache_key ?? null,
    metadata: fields.metadata ?? {},
  };
}
