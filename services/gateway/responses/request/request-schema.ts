import { type Static, type TSchema, Type } from 'typebox';

// The request of POST /v1/responses (OpenAI API reference, and Open Responses where it names more). Top-level null counts
// as absent. Items and tools are checked by their own schemas, so that an error names the field and not a union.

const Nullable = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const OneOf = <const T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));

export const Metadata = Type.Record(Type.String({ maxLength: 64 }), Type.String({ maxLength: 512 }), {
  maxProperties: 16,
});

export const ResponseRequest = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 256 }),
    input: Type.Optional(Type.Union([Type.String(), Type.Array(Type.Unknown(), { maxItems: 10_000 })])),
    instructions: Nullable(Type.String()),
    stream: Nullable(Type.Boolean()),
    stream_options: Nullable(Type.Object({ include_obfuscation: Nullable(Type.Boolean()) })),
    background: Nullable(Type.Boolean()),
    store: Nullable(Type.Boolean()),
    previous_response_id: Nullable(Type.String()),
    conversation: Nullable(Type.Union([Type.String(), Type.Object({ id: Type.String() })])),
    include: Nullable(Type.Array(Type.String())),
    temperature: Nullable(Type.Number({ minimum: 0, maximum: 2 })),
    top_p: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
    presence_penalty: Nullable(Type.Number({ minimum: -2, maximum: 2 })),
    frequency_penalty: Nullable(Type.Number({ minimum: -2, maximum: 2 })),
    top_logprobs: Nullable(Type.Integer({ minimum: 0, maximum: 20 })),
    max_output_tokens: Nullable(Type.Integer({ minimum: 1 })),
    max_tool_calls: Nullable(Type.Integer({ minimum: 1 })),
    parallel_tool_calls: Nullable(Type.Boolean()),
    reasoning: Nullable(
      Type.Object({
        effort: Nullable(OneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
        summary: Nullable(OneOf('auto', 'concise', 'detailed')),
        generate_summary: Nullable(OneOf('auto', 'concise', 'detailed')),
      }),
    ),
    text: Nullable(
      Type.Object({
        format: Nullable(Type.Object({ type: OneOf('text', 'json_object', 'json_schema') })),
        verbosity: Nullable(OneOf('low', 'medium', 'high')),
      }),
    ),
    tools: Nullable(Type.Array(Type.Object({ type: Type.String() }), { maxItems: 128 })),
    tool_choice: Nullable(
      Type.Union([OneOf('auto', 'none', 'required'), Type.Object({ type: Type.String() })]),
    ),
    truncation: Nullable(OneOf('auto', 'disabled')),
    metadata: Nullable(Metadata),
    service_tier: Nullable(OneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
    user: Nullable(Type.String()),
    safety_identifier: Nullable(Type.String({ maxLength: 64 })),
    prompt_cache_key: Nullable(Type.String()),
    prompt_cache_retention: Nullable(Type.String()),
  },
  { additionalProperties: false },
);

const Text = (type: string) => Type.Object({ type: Type.Literal(type), text: Type.String() });

/** Parts of messages, by `type`. */
export const contentParts: Readonly<Record<string, TSchema>> = {
  input_text: Text('input_text'),
  output_text: Text('output_text'),
  text: Text('text'),
  refusal: Type.Object({ type: Type.Literal('refusal'), refusal: Type.String() }),
  input_image: Type.Object({
    type: Type.Literal('input_image'),
    image_url: Nullable(Type.String()),
    file_id: Nullable(Type.String()),
    detail: Nullable(OneOf('auto', 'low', 'high', 'original')),
  }),
  input_file: Type.Object({
    type: Type.Literal('input_file'),
    file_data: Nullable(Type.String()),
    file_id: Nullable(Type.String()),
    file_url: Nullable(Type.String()),
    filename: Nullable(Type.String()),
  }),
};

const Id = Type.Optional(Type.Union([Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,256}$' }), Type.Null()]));
const Content = Type.Union([Type.String(), Type.Array(Type.Object({ type: Type.String() }))]);
const CallId = Type.String({ minLength: 1, maxLength: 256 });

/** Items of an input, by `type`. Fields not named here stay as they are. */
export const inputItems: Readonly<Record<string, TSchema>> = {
  message: Type.Object({
    id: Id,
    role: OneOf('user', 'assistant', 'system', 'developer'),
    content: Content,
  }),
  function_call: Type.Object({
    id: Id,
    call_id: CallId,
    name: Type.String({ minLength: 1 }),
    arguments: Type.String(),
  }),
  function_call_output: Type.Object({ id: Id, call_id: CallId, output: Content }),
  reasoning: Type.Object({
    id: Id,
    summary: Type.Optional(Type.Array(Text('summary_text'))),
    content: Nullable(Type.Array(Text('reasoning_text'))),
    encrypted_content: Nullable(Type.String()),
  }),
  item_reference: Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) }),
  file_search_call: Type.Object({ id: Id, queries: Type.Array(Type.String()) }),
  web_search_call: Type.Object({ id: Id }),
  mcp_list_tools: Type.Object({ id: Id, server_label: Type.String() }),
  mcp_call: Type.Object({
    id: Id,
    name: Type.String(),
    server_label: Type.String(),
    arguments: Type.String(),
  }),
};

const FunctionName = Type.String({ pattern: '^[a-zA-Z0-9_-]{1,128}$' });

const WebSearch = Type.Object({ type: Type.String() });

/** Tools, by `type`. */
export const tools: Readonly<Record<string, TSchema>> = {
  function: Type.Object({
    name: FunctionName,
    description: Nullable(Type.String()),
    parameters: Nullable(Type.Record(Type.String(), Type.Unknown())),
    strict: Nullable(Type.Boolean()),
  }),
  file_search: Type.Object({
    vector_store_ids: Type.Array(Type.String(), { minItems: 1, maxItems: 16 }),
    max_num_results: Nullable(Type.Integer({ minimum: 1, maximum: 50 })),
    ranking_options: Nullable(
      Type.Object({ score_threshold: Nullable(Type.Number({ minimum: 0, maximum: 1 })) }),
    ),
  }),
  web_search: WebSearch,
  web_search_2025_08_26: WebSearch,
  web_search_preview: WebSearch,
  web_search_preview_2025_03_11: WebSearch,
  mcp: Type.Object({
    server_label: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_-]{0,63}$' }),
    allowed_tools: Nullable(
      Type.Union([
        Type.Array(Type.String()),
        Type.Object({ tool_names: Nullable(Type.Array(Type.String())) }),
      ]),
    ),
    require_approval: Type.Optional(Type.Unknown()),
  }),
};

/** By `text.format.type`. */
export const textFormats: Readonly<Record<string, TSchema>> = {
  text: Type.Object({}),
  json_object: Type.Object({}),
  json_schema: Type.Object({
    name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
    schema: Type.Record(Type.String(), Type.Unknown()),
    description: Nullable(Type.String()),
    strict: Nullable(Type.Boolean()),
  }),
};

export type ResponseRequest = Static<typeof ResponseRequest>;
