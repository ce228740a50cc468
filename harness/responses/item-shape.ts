import type { JsonRecord } from '../plan/json.ts';
import { type FieldKind, isOfKind } from './event-types.ts';
import { textOf } from './open-item.ts';

type Shape = Readonly<Record<string, FieldKind>>;

/** Fields that the SDK's types demand of an item, from the moment when it is added. */
const itemFields: Readonly<Record<string, Shape>> = {
  message: { id: 'text', role: 'text', status: 'text', content: 'list' },
  reasoning: { id: 'text', summary: 'list' },
  function_call: { call_id: 'text', name: 'text', arguments: 'text' },
  custom_tool_call: { call_id: 'text', name: 'text', input: 'text' },
  file_search_call: { id: 'text', queries: 'list', status: 'text' },
  web_search_call: { id: 'text', status: 'text', action: 'object' },
  mcp_call: { id: 'text', name: 'text', server_label: 'text', arguments: 'text' },
  mcp_list_tools: { id: 'text', server_label: 'text', tools: 'list' },
};

/** And of a response. */
const responseFields: Shape = {
  id: 'text',
  created_at: 'index',
  status: 'text',
  error: 'object?',
  incomplete_details: 'object?',
  metadata: 'object?',
  model: 'text',
  output: 'list',
  tools: 'list',
};
const presentFields = ['instructions', 'parallel_tool_calls', 'temperature', 'tool_choice', 'top_p'] as const;

/** Names of the fields that an item lacks, or has in another kind. */
export const missingFields = (item: JsonRecord): readonly string[] =>
  lacking(item, itemFields[textOf(item.type)] ?? {});

/** The same of a response, whole or in an event. */
export const missingInResponse = (response: JsonRecord): readonly string[] => [
  ...lacking(response, responseFields),
  ...presentFields.filter((name) => response[name] === undefined),
  ...(response.object === 'response' ? [] : ['object']),
];

function lacking(value: JsonRecord, shape: Shape): readonly string[] {
  return Object.entries(shape).flatMap(([name, kind]) => (isOfKind(value[name], kind) ? [] : [name]));
}
