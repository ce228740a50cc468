/** What one event of a stream says, whichever API it is of. */
export type Part =
  | { readonly kind: 'text' | 'reasoning' | 'refusal'; readonly text: string }
  | { readonly kind: 'call'; readonly index: number; readonly name?: string; readonly args?: string }
  /** Tokens; those of the prompt may be told at the beginning. */
  | { readonly kind: 'usage'; readonly input?: number; readonly output: number }
  | { readonly kind: 'prompt'; readonly input: number }
  /** Why it ended, in the words of chat completions. */
  | { readonly kind: 'finish'; readonly reason: string }
  /** Nothing comes behind it. */
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly message: string };

/** An API that streams answers. */
export type Wire = 'chat' | 'responses' | 'messages';

// biome-ignore lint/suspicious/noExplicitAny: the fields of an event are looked at, whatever it is
type Event = any;

/** Reads the data of one server-sent event. Throws on what is neither JSON nor a mark of the end. */
export const readPart: Readonly<Record<Wire, (data: string) => readonly Part[]>> = {
  chat: (data) => (data === '[DONE]' ? [{ kind: 'end' }] : chatParts(JSON.parse(data))),
  responses: (data) => (data === '[DONE]' ? [] : responsesParts(JSON.parse(data))),
  messages: (data) => messagesParts(JSON.parse(data)),
};

function chatParts(chunk: Event): readonly Part[] {
  const [{ delta = {}, finish_reason: reason = null } = {}] = chunk.choices ?? [];
  return [
    ...said('reasoning', delta.reasoning_content ?? delta.reasoning),
    ...said('text', delta.content),
    ...said('refusal', delta.refusal),
    ...(delta.tool_calls ?? []).map(callPart),
    ...(reason === null ? [] : [{ kind: 'finish' as const, reason }]),
    ...(chunk.usage
      ? [
          {
            kind: 'usage' as const,
            input: chunk.usage.prompt_tokens,
            output: chunk.usage.completion_tokens,
          },
        ]
      : []),
    ...failed(chunk.error),
  ];
}

const callPart = ({ index, function: called }: Event): Part => ({
  kind: 'call',
  index: index ?? 0,
  ...(called?.name ? { name: called.name } : {}),
  ...(called?.arguments ? { args: called.arguments } : {}),
});

/** Source: streaming events of the Responses API. */
function responsesParts(event: Event): readonly Part[] {
  switch (event.type) {
    case 'response.output_text.delta':
      return said('text', event.delta);
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      return said('reasoning', event.delta);
    case 'response.refusal.delta':
      return said('refusal', event.delta);
    case 'response.output_item.added':
      return event.item?.type === 'function_call'
        ? [{ kind: 'call', index: event.output_index, name: event.item.name }]
        : [];
    case 'response.function_call_arguments.delta':
      return [{ kind: 'call', index: event.output_index, args: event.delta }];
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return responseEnd(event.response);
    default:
      return event.type === 'error' || event.error ? failed(event.error ?? event) : [];
  }
}

function responseEnd({ status, output = [], usage, error, incomplete_details: why }: Event): readonly Part[] {
  const called = output.some(({ type }: Event) => type === 'function_call');
  const complete = called ? 'tool_calls' : 'stop';
  const cut = why?.reason === 'max_output_tokens' ? 'length' : String(why?.reason);
  return [
    ...(status === 'failed' ? [] : [{ kind: 'finish' as const, reason: why ? cut : complete }]),
    ...(usage ? [{ kind: 'usage' as const, input: usage.input_tokens, output: usage.output_tokens }] : []),
    ...failed(error),
    { kind: 'end' },
  ];
}

const stopReasons: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
};

/** Source: streaming of the Messages API. */
function messagesParts(event: Event): readonly Part[] {
  switch (event.type) {
    case 'message_start':
      return [{ kind: 'prompt', input: event.message?.usage?.input_tokens ?? 0 }];
    case 'content_block_start':
      return event.content_block?.type === 'tool_use'
        ? [{ kind: 'call', index: event.index, name: event.content_block.name }]
        : said(event.content_block?.type === 'text' ? 'text' : 'reasoning', event.content_block?.text);
    case 'content_block_delta':
      return event.delta?.type === 'input_json_delta'
        ? [{ kind: 'call', index: event.index, args: event.delta.partial_json }]
        : [...said('text', event.delta?.text), ...said('reasoning', event.delta?.thinking)];
    case 'message_delta':
      return messageEnd(event);
    case 'message_stop':
      return [{ kind: 'end' }];
    default:
      return event.error ? failed(event.error) : [];
  }
}

function messageEnd({ delta, usage }: Event): readonly Part[] {
  const reason = delta?.stop_reason;
  const { input_tokens: input, output_tokens: output } = usage ?? {};
  return [
    ...(reason ? [{ kind: 'finish' as const, reason: stopReasons[reason] ?? reason }] : []),
    ...(usage ? [{ kind: 'usage' as const, output, ...(input ? { input } : {}) }] : []),
  ];
}

const said = (kind: 'text' | 'reasoning' | 'refusal', text: unknown): readonly Part[] =>
  typeof text === 'string' && text !== '' ? [{ kind, text }] : [];

/** Servers put what went wrong into `message`, `detail`, or a text. */
function failed(error: Event): readonly Part[] {
  if (!error) return [];
  const message = error.message ?? error.detail ?? error;
  return [{ kind: 'error', message: typeof message === 'string' ? message : JSON.stringify(message) }];
}
