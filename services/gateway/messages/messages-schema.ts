import { type Static, Type } from 'typebox';

// Shapes of the Messages API (Anthropic API reference) as far as a server can check them before it looks at blocks;
// those are read one by one where they are converted, with an error that names the block.

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const literals = <const V extends string[]>(...values: V) => Type.Enum(values);
const Text = Type.String();

/** A content block of any type. */
export const Block = Type.Object({ type: Text });

const InputMessage = Type.Object({
  role: literals('user', 'assistant', 'system'),
  content: Type.Union([Text, Type.Array(Block)]),
});

export const ToolParam = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  type: Type.Optional(Nullable(Text)),
  description: Type.Optional(Text),
  input_schema: Type.Optional(Type.Record(Text, Type.Unknown())),
  strict: Type.Optional(Nullable(Type.Boolean())),
});

export const ToolChoice = Type.Object({
  type: literals('auto', 'any', 'tool', 'none'),
  name: Type.Optional(Text),
  disable_parallel_tool_use: Type.Optional(Nullable(Type.Boolean())),
});

export const Thinking = Type.Object({
  type: literals('enabled', 'disabled', 'adaptive', 'between_tools'),
  budget_tokens: Type.Optional(Nullable(Type.Integer({ minimum: 1024 }))),
  display: Type.Optional(Nullable(literals('summarized', 'omitted'))),
});

const OutputConfig = Type.Object({
  effort: Type.Optional(Nullable(literals('low', 'medium', 'high', 'xhigh', 'max'))),
  format: Type.Optional(
    Nullable(Type.Object({ type: Type.Literal('json_schema'), schema: Type.Record(Text, Type.Unknown()) })),
  ),
});

/** What both requests have. Fields after the gap say nothing to a chat model and are passed over. */
const common = {
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(InputMessage, { minItems: 1 }),
  system: Type.Optional(
    Type.Union([Text, Type.Array(Type.Object({ type: Type.Literal('text'), text: Text }))]),
  ),
  tools: Type.Optional(Type.Array(ToolParam)),
  tool_choice: Type.Optional(Nullable(ToolChoice)),
  thinking: Type.Optional(Nullable(Thinking)),
  output_config: Type.Optional(Nullable(OutputConfig)),

  betas: Type.Optional(Type.Unknown()),
  cache_control: Type.Optional(Type.Unknown()),
  context_management: Type.Optional(Type.Unknown()),
  speed: Type.Optional(Type.Unknown()),
  user_profile_id: Type.Optional(Type.Unknown()),
  workspace_id: Type.Optional(Type.Unknown()),
};

export const CountTokensRequest = Type.Object(common, { additionalProperties: false });

export const MessagesRequest = Type.Object(
  {
    ...common,
    max_tokens: Type.Integer({ minimum: 1 }),
    stream: Type.Optional(Nullable(Type.Boolean())),
    stop_sequences: Type.Optional(Nullable(Type.Array(Text))),
    temperature: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1 }))),
    top_p: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1 }))),
    top_k: Type.Optional(Nullable(Type.Integer({ minimum: 0 }))),
    metadata: Type.Optional(Nullable(Type.Object({ user_id: Type.Optional(Nullable(Text)) }))),
    service_tier: Type.Optional(literals('auto', 'standard_only')),
    // Nobody behind this API has a container to run code in.
    container: Type.Optional(Type.Null()),
    diagnostics: Type.Optional(Type.Unknown()),
    inference_geo: Type.Optional(Nullable(Text)),
  },
  { additionalProperties: false },
);

const Count = Type.Integer({ minimum: 0 });
const MessageUsage = Type.Object({
  input_tokens: Count,
  output_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_read_input_tokens: Count,
  output_tokens_details: Nullable(Type.Object({ thinking_tokens: Count })),
});

export const MessageAnswer = Type.Object({
  id: Text,
  type: Type.Literal('message'),
  role: Type.Literal('assistant'),
  model: Text,
  content: Type.Array(Block),
  stop_reason: Nullable(literals('end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal')),
  stop_sequence: Nullable(Text),
  stop_details: Nullable(
    Type.Object({ type: Type.Literal('refusal'), category: Type.Null(), explanation: Type.Null() }),
  ),
  container: Type.Null(),
  usage: MessageUsage,
});

export const TokenCount = Type.Object({ input_tokens: Type.Integer({ minimum: 1 }) });

export type Block = Static<typeof Block> & Readonly<Record<string, unknown>>;
export type InputMessage = Static<typeof InputMessage>;
export type ToolParam = Static<typeof ToolParam>;
export type ToolChoice = Static<typeof ToolChoice>;
export type CountTokensRequest = Static<typeof CountTokensRequest>;
export type MessagesRequest = Static<typeof MessagesRequest>;
export type MessageUsage = Static<typeof MessageUsage>;
export type MessageAnswer = Static<typeof MessageAnswer>;
