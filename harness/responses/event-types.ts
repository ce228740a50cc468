import type { JsonRecord } from '../plan/json.ts';

/** An event as it came: JSON with a type, nothing else of it checked. */
export type ResponseEvent = JsonRecord & { readonly type: string };

/** `?` marks what may be null. */
export type FieldKind = 'text' | 'text?' | 'index' | 'object' | 'object?' | 'list';
type Fields = Readonly<Record<string, FieldKind>>;

const ofItem: Fields = { item_id: 'text', output_index: 'index' };
const ofPart: Fields = { ...ofItem, content_index: 'index' };
const ofSummary: Fields = { ...ofItem, summary_index: 'index' };
const ofResponse: Fields = { response: 'object' };

/** Required fields of each type, beside `type` and `sequence_number`. */
export const eventFields: Readonly<Record<string, Fields>> = {
  'response.created': ofResponse,
  'response.queued': ofResponse,
  'response.in_progress': ofResponse,
  'response.completed': ofResponse,
  'response.incomplete': ofResponse,
  'response.failed': ofResponse,
  error: { code: 'text?', message: 'text', param: 'text?' },
  keepalive: {},
  'response.output_item.added': { output_index: 'index', item: 'object' },
  'response.output_item.done': { output_index: 'index', item: 'object' },
  'response.content_part.added': { ...ofPart, part: 'object' },
  'response.content_part.done': { ...ofPart, part: 'object' },
  'response.output_text.delta': { ...ofPart, delta: 'text', logprobs: 'list' },
  'response.output_text.done': { ...ofPart, text: 'text', logprobs: 'list' },
  'response.output_text.annotation.added': { ...ofPart, annotation_index: 'index', annotation: 'object?' },
  'response.refusal.delta': { ...ofPart, delta: 'text' },
  'response.refusal.done': { ...ofPart, refusal: 'text' },
  'response.reasoning_text.delta': { ...ofPart, delta: 'text' },
  'response.reasoning_text.done': { ...ofPart, text: 'text' },
  'response.reasoning_summary_part.added': { ...ofSummary, part: 'object' },
  'response.reasoning_summary_part.done': { ...ofSummary, part: 'object' },
  'response.reasoning_summary_text.delta': { ...ofSummary, delta: 'text' },
  'response.reasoning_summary_text.done': { ...ofSummary, text: 'text' },
  'response.function_call_arguments.delta': { ...ofItem, delta: 'text' },
  'response.function_call_arguments.done': { ...ofItem, arguments: 'text' },
  'response.custom_tool_call_input.delta': { ...ofItem, delta: 'text' },
  'response.custom_tool_call_input.done': { ...ofItem, input: 'text' },
  'response.mcp_call_arguments.delta': { ...ofItem, delta: 'text' },
  'response.mcp_call_arguments.done': { ...ofItem, arguments: 'text' },
  'response.code_interpreter_call_code.delta': { ...ofItem, delta: 'text' },
  'response.code_interpreter_call_code.done': { ...ofItem, code: 'text' },
  'response.file_search_call.in_progress': ofItem,
  'response.file_search_call.searching': ofItem,
  'response.file_search_call.completed': ofItem,
  'response.web_search_call.in_progress': ofItem,
  'response.web_search_call.searching': ofItem,
  'response.web_search_call.completed': ofItem,
  'response.mcp_list_tools.in_progress': ofItem,
  'response.mcp_list_tools.completed': ofItem,
  'response.mcp_list_tools.failed': ofItem,
  'response.mcp_call.in_progress': ofItem,
  'response.mcp_call.completed': ofItem,
  'response.mcp_call.failed': ofItem,
  'response.code_interpreter_call.in_progress': ofItem,
  'response.code_interpreter_call.interpreting': ofItem,
  'response.code_interpreter_call.completed': ofItem,
  'response.image_generation_call.in_progress': ofItem,
  'response.image_generation_call.generating': ofItem,
  'response.image_generation_call.partial_image': ofItem,
  'response.image_generation_call.completed': ofItem,
};

/** Items whose events tell how far a call is; an item of another type that is called has only its arguments. */
export const phasedItems: readonly string[] = [
  'file_search_call',
  'web_search_call',
  'mcp_list_tools',
  'mcp_call',
  'code_interpreter_call',
  'image_generation_call',
];

/** Items with arguments that are streamed, and the field of the item and of the event that ends them. */
export const streamedArguments: Readonly<Record<string, string>> = {
  function_call: 'arguments',
  mcp_call: 'arguments',
  custom_tool_call: 'input',
  code_interpreter_call: 'code',
};

/** The kinds of parts and the field that holds their text. */
export const partTexts: Readonly<Record<string, string>> = {
  output_text: 'text',
  refusal: 'refusal',
  reasoning_text: 'text',
};

/** The type of item that an event such as `response.mcp_call_arguments.done` is about; undefined for parts, items and responses. */
export function itemTypeOf(type: string): string | undefined {
  if (type.startsWith('response.reasoning_')) return 'reasoning';
  if (/^response\.(output_text|refusal)\./.test(type)) return 'message';
  const called = /^response\.(\w+?)(?:_(?:arguments|input|code))?\.\w+$/.exec(type)?.[1] ?? '';
  return phasedItems.includes(called) || called in streamedArguments ? called : undefined;
}

/** Whether a value is of that kind. */
export function isOfKind(value: unknown, kind: FieldKind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'text?':
      return value === null || typeof value === 'string';
    case 'index':
      return Number.isSafeInteger(value) && Number(value) >= 0;
    case 'object':
      return isRecord(value);
    case 'object?':
      return value === null || isRecord(value);
    default:
      return Array.isArray(value);
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
