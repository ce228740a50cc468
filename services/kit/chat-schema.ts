import { type Static, Type } from 'typebox';

// Shapes of the Chat Completions API (OpenAI API reference) as far as the services look into them.
// Objects stay open: fields not named here are validated by nobody and passed on unchanged.
// Every optional field may be null, which means absent: clients echo messages as they got them, with their nulls.

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const TextPart = Type.Object({ type: Type.Literal('text'), text: Type.String() });
const ImagePart = Type.Object({
  type: Type.Literal('image_url'),
  image_url: Type.Object({
    url: Type.String({ minLength: 1 }),
    detail: Type.Optional(Nullable(Type.String())),
  }),
});
export const FilePart = Type.Object({
  type: Type.Literal('file'),
  file: Type.Object({
    name: Type.Optional(Nullable(Type.String())),
    mime_type: Type.Optional(Nullable(Type.String())),
    content: Type.Optional(Nullable(Type.String())),
    size: Type.Optional(Nullable(Type.Number())),
  }),
});
export const ContentPart = Type.Union([TextPart, ImagePart, FilePart]);

export const ToolCall = Type.Object({
  id: Type.String(),
  type: Type.Literal('function'),
  function: Type.Object({ name: Type.String(), arguments: Type.String() }),
});

export const ChatMessage = Type.Object({
  role: Type.Union(['system', 'developer', 'user', 'assistant', 'tool'].map((role) => Type.Literal(role))),
  content: Type.Optional(Nullable(Type.Union([Type.String(), Type.Array(ContentPart)]))),
  name: Type.Optional(Nullable(Type.String())),
  tool_calls: Type.Optional(Nullable(Type.Array(ToolCall))),
  tool_call_id: Type.Optional(Nullable(Type.String())),
});

export const ToolDefinition = Type.Object({
  type: Type.Literal('function'),
  function: Type.Object({
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Nullable(Type.String())),
    parameters: Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown()))),
  }),
});

const GenerationFlags = Type.Partial(
  Type.Object({
    generate_image: Nullable(Type.Boolean()),
    generate_video: Nullable(Type.Boolean()),
    generate_audio: Nullable(Type.Boolean()),
    deep_research: Nullable(Type.Boolean()),
    web_search: Nullable(Type.Boolean()),
  }),
);

export const ChatCompletionRequest = Type.Object({
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(ChatMessage, { minItems: 1 }),
  stream: Type.Optional(Nullable(Type.Boolean())),
  stream_options: Type.Optional(
    Nullable(Type.Object({ include_usage: Type.Optional(Nullable(Type.Boolean())) })),
  ),
  temperature: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 2 }))),
  top_p: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 1 }))),
  max_tokens: Type.Optional(Nullable(Type.Integer({ minimum: 1 }))),
  max_completion_tokens: Type.Optional(Nullable(Type.Integer({ minimum: 1 }))),
  tools: Type.Optional(Nullable(Type.Array(ToolDefinition))),
  tool_choice: Type.Optional(Type.Unknown()),
  response_format: Type.Optional(Type.Unknown()),
  user: Type.Optional(Nullable(Type.String())),
  metadata: Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown()))),
  user_id: Type.Optional(Nullable(Type.String())),
  enable_memory: Type.Optional(Nullable(Type.Boolean())),
  generation_flags: Type.Optional(Nullable(GenerationFlags)),
  debug: Type.Optional(Nullable(Type.Boolean())),
  competitor_id: Type.Optional(Nullable(Type.String())),
});

export const Usage = Type.Object({
  prompt_tokens: Type.Integer(),
  completion_tokens: Type.Integer(),
  total_tokens: Type.Integer(),
});

export const FinishReason = Type.Union(
  ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'].map((reason) => Type.Literal(reason)),
);

export const ChatCompletion = Type.Object({
  id: Type.String(),
  object: Type.Literal('chat.completion'),
  created: Type.Integer(),
  model: Type.String(),
  choices: Type.Array(
    Type.Object({
      index: Type.Integer(),
      message: Type.Object({
        role: Type.Literal('assistant'),
        content: Nullable(Type.String()),
        tool_calls: Type.Optional(Type.Array(ToolCall)),
        reasoning_content: Type.Optional(Type.String()),
      }),
      finish_reason: Nullable(FinishReason),
    }),
  ),
  usage: Type.Optional(Usage),
});

/** A piece of a tool call: `id` and `name` come with the first piece of an index, arguments in fragments. */
export const ToolCallDelta = Type.Object({
  index: Type.Integer(),
  id: Type.Optional(Type.String()),
  type: Type.Optional(Type.Literal('function')),
  function: Type.Optional(
    Type.Object({ name: Type.Optional(Type.String()), arguments: Type.Optional(Type.String()) }),
  ),
});

export const ChatCompletionChunk = Type.Object({
  id: Type.String(),
  object: Type.Literal('chat.completion.chunk'),
  created: Type.Integer(),
  model: Type.String(),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  choices: Type.Array(
    Type.Object({
      index: Type.Integer(),
      delta: Type.Object({
        role: Type.Optional(Type.Literal('assistant')),
        content: Type.Optional(Type.String()),
        reasoning_content: Type.Optional(Type.String()),
        tool_calls: Type.Optional(Type.Array(ToolCallDelta)),
      }),
      finish_reason: Type.Optional(Nullable(FinishReason)),
    }),
  ),
  usage: Type.Optional(Nullable(Usage)),
});

export type ContentPart = Static<typeof ContentPart>;
export type ChatMessage = Static<typeof ChatMessage>;
export type ToolCall = Static<typeof ToolCall>;
export type ToolDefinition = Static<typeof ToolDefinition>;
export type ChatCompletionRequest = Static<typeof ChatCompletionRequest>;
export type ChatCompletion = Static<typeof ChatCompletion>;
export type ChatCompletionChunk = Static<typeof ChatCompletionChunk>;
export type Usage = Static<typeof Usage>;

/** Messages without nulls that only mean absence: model APIs refuse some of them. The same ones where there are none. */
export function withoutNulls(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some(holdsNull)) return messages;
  return messages.map((message) => {
    if (!holdsNull(message)) return message;
    const { name, tool_calls: calls, tool_call_id: answered, ...rest } = message;
    return {
      ...rest,
      ...(name === null ? {} : { name }),
      ...(calls === null ? {} : { tool_calls: calls }),
      ...(answered === null ? {} : { tool_call_id: answered }),
    };
  });
}

function holdsNull({ name, tool_calls: calls, tool_call_id: answered }: ChatMessage): boolean {
  return name === null || calls === null || answered === null;
}
