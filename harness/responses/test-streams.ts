import fc from 'fast-check';
import type { JsonRecord } from '../plan/json.ts';
import type { ResponseEvent } from './event-types.ts';

/** An item as tests say it; the texts are the deltas. */
export type Said =
  | { readonly says: 'text'; readonly deltas: readonly string[]; readonly citations?: number }
  | { readonly says: 'refusal'; readonly deltas: readonly string[] }
  | { readonly says: 'reasoning'; readonly deltas: readonly string[] }
  | { readonly says: 'summary'; readonly parts: readonly (readonly string[])[] }
  | { readonly says: 'function' | 'mcp'; readonly deltas: readonly string[] }
  | { readonly says: 'file search' | 'web search' };

/** The stream of a response that says this, as the standard has it. */
export function streamOf(
  said: readonly Said[],
  how: 'completed' | 'incomplete' = 'completed',
): ResponseEvent[] {
  const streamed = said.map((each, index) => itemEvents(each, index));
  const output = streamed.map((events) => events.at(-1)?.item ?? null);
  const usage = {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 4,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 7,
  };
  return numbered([
    { type: 'response.created', response: responseOf({}) },
    { type: 'response.in_progress', response: responseOf({}) },
    ...streamed.flat(),
    how === 'completed'
      ? { type: 'response.completed', response: responseOf({ status: 'completed', output, usage }) }
      : {
          type: 'response.incomplete',
          response: responseOf({
            status: 'incomplete',
            output,
            usage,
            incomplete_details: { reason: 'max_output_tokens' },
          }),
        },
  ]);
}

/** The same events under the numbers of their places. */
export const numbered = (events: readonly ResponseEvent[]): ResponseEvent[] =>
  events.map((event, sequence_number) => ({ ...event, sequence_number }));

export const responseOf = (more: JsonRecord): JsonRecord => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_800_000_000,
  status: 'in_progress',
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: 'scripted',
  output: [],
  parallel_tool_calls: true,
  temperature: null,
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  usage: null,
  ...more,
});

function itemEvents(said: Said, output_index: number): ResponseEvent[] {
  const id = `item_${output_index}`;
  const at = { item_id: id, output_index };
  switch (said.says) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return spoken(said, at);
    case 'summary':
      return summarised(said.parts, at);
    default:
      return called(said, at);
  }
}

interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

function spoken(said: Said & { readonly deltas: readonly string[] }, at: Place): ResponseEvent[] {
  const isReasoning = said.says === 'reasoning';
  const kind = said.says === 'text' ? 'output_text' : isReasoning ? 'reasoning_text' : 'refusal';
  const field = kind === 'refusal' ? 'refusal' : 'text';
  const count = 'citations' in said ? (said.citations ?? 0) : 0;
  const annotations = Array.from({ length: count }, (_, index) => ({
    type: 'file_citation',
    file_id: `file_${index}`,
    filename: 'notes.txt',
    index,
  }));
  const place = { ...at, content_index: 0 };
  const logprobs = kind === 'output_text' ? { logprobs: [] } : {};
  const part = (text: string, cited: readonly JsonRecord[]): JsonRecord => ({
    type: kind,
    [field]: text,
    ...(kind === 'output_text' ? { annotations: cited, logprobs: [] } : {}),
  });
  const whole = part(said.deltas.join(''), annotations);
  const item = (status: string, content: readonly JsonRecord[]): JsonRecord =>
    isReasoning
      ? { id: at.item_id, type: 'reasoning', summary: [], content }
      : { id: at.item_id, type: 'message', role: 'assistant', status, content };
  const { output_index } = at;
  return [
    { type: 'response.output_item.added', output_index, item: item('in_progress', []) },
    { type: 'response.content_part.added', ...place, part: part('', []) },
    ...said.deltas.map((delta) => ({ type: `response.${kind}.delta`, ...place, delta, ...logprobs })),
    ...annotations.map((annotation, annotation_index) => ({
      type: 'response.output_text.annotation.added',
      ...place,
      annotation_index,
      annotation,
    })),
    { type: `response.${kind}.done`, ...place, [field]: said.deltas.join(''), ...logprobs },
    { type: 'response.content_part.done', ...place, part: whole },
    { type: 'response.output_item.done', output_index, item: item('completed', [whole]) },
  ];
}

function summarised(parts: readonly (readonly string[])[], at: Place): ResponseEvent[] {
  const summary = parts.map((deltas) => ({ type: 'summary_text', text: deltas.join('') }));
  const item = { id: at.item_id, type: 'reasoning' };
  const { output_index } = at;
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, summary: [] } },
    ...parts.flatMap((deltas, summary_index) => {
      const place = { ...at, summary_index };
      const text = deltas.join('');
      const type = 'response.reasoning_summary_text';
      return [
        { type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } },
        ...deltas.map((delta) => ({ type: `${type}.delta`, ...place, delta })),
        { type: `${type}.done`, ...place, text },
        { type: 'response.reasoning_summary_part.done', ...place, part: { type: 'summary_text', text } },
      ];
    }),
    { type: 'response.output_item.done', output_index, item: { ...item, summary } },
  ];
}

function called(said: Said, at: Place): ResponseEvent[] {
  const { output_index } = at;
  const deltas = 'deltas' in said ? said.deltas : [];
  const text = deltas.join('');
  const types = { function: 'function_call', mcp: 'mcp_call', 'file search': 'file_search_call' } as const;
  const type = said.says in types ? types[said.says as keyof typeof types] : 'web_search_call';
  const fields: Record<string, JsonRecord> = {
    function_call: { call_id: `call_${output_index}`, name: 'look', arguments: '' },
    mcp_call: { name: 'look', server_label: 'desk', arguments: '' },
    file_search_call: { queries: [] },
    web_search_call: { action: { type: 'search', query: 'tides' } },
  };
  const item = { id: at.item_id, type, status: 'in_progress', ...fields[type] };
  const phase = (name: string): ResponseEvent => ({ type: `response.${type}.${name}`, ...at });
  const args = [
    ...deltas.map((delta) => ({ type: `response.${type}_arguments.delta`, ...at, delta })),
    { type: `response.${type}_arguments.done`, ...at, arguments: text },
  ];
  const isSearch = type.endsWith('search_call');
  const done = { ...item, status: 'completed', ...(isSearch ? {} : { arguments: text }) };
  return [
    { type: 'response.output_item.added', output_index, item },
    ...(type === 'function_call' ? [] : [phase('in_progress')]),
    ...(isSearch ? [phase('searching')] : args),
    ...(type === 'function_call' ? [] : [phase('completed')]),
    { type: 'response.output_item.done', output_index, item: done },
  ];
}

const deltas = fc.array(fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }), {
  minLength: 1,
  maxLength: 4,
});

/** Anything that a response may say. */
export const anySaid: fc.Arbitrary<readonly Said[]> = fc.array(
  fc.oneof(
    fc.record({ says: fc.constant('text' as const), deltas, citations: fc.nat(2) }),
    fc.record({ says: fc.constantFrom('refusal' as const, 'reasoning' as const), deltas }),
    fc.record({
      says: fc.constant('summary' as const),
      parts: fc.array(deltas, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ says: fc.constantFrom('function' as const, 'mcp' as const), deltas }),
    fc.record({ says: fc.constantFrom('file search' as const, 'web search' as const) }),
  ),
  { maxLength: 4 },
);
