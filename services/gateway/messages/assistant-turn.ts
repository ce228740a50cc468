import type { ToolCall } from '../../kit/chat-schema.ts';
import { invalidRequest } from './anthropic-error.ts';
import { type Part, recordIn, stringIn, unsupported } from './content-block.ts';
import type { Block } from './messages-schema.ts';

/** A message of the Chat Completions API. */
export type ChatTurn =
  | { readonly role: 'system' | 'user'; readonly content: string | readonly Part[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string }
  | AssistantMessage;

interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string;
  /** What models that think take back; others have it taken out (see `upstream-answer.ts`). */
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCall[];
}

export interface AssistantTurn {
  readonly spoken: ChatTurn;
  /** Ids of its calls, in order. */
  readonly calls: readonly string[];
  /** What it said after its first call: nothing, or one more turn, for after the results. */
  readonly deferred: readonly ChatTurn[];
}

interface Said {
  readonly texts: string[];
  readonly thoughts: string[];
}

/**
 * A turn of the assistant, whose blocks may come from several messages in a row. Thinking keeps its text and loses its
 * signature, which says something to its author only; redacted thinking says nothing to any other model and is dropped.
 *
 * @throws OpenaiError 400 for blocks that cannot be passed on, and two calls with one id
 */
export function assistantTurn(
  blocks: readonly { readonly block: Block; readonly path: string }[],
): AssistantTurn {
  const before: Said = { texts: [], thoughts: [] };
  const after: Said = { texts: [], thoughts: [] };
  const calls: ToolCall[] = [];
  for (const { block, path } of blocks) {
    const said = calls.length === 0 ? before : after;
    if (block.type === 'text') said.texts.push(stringIn(block, 'text', path));
    else if (block.type === 'thinking') said.thoughts.push(stringIn(block, 'thinking', path));
    else if (block.type === 'tool_use') calls.push(callOf(block, path, calls));
    else if (block.type !== 'redacted_thinking') {
      throw unsupported(`${path}: a block of type '${block.type}' cannot be in an assistant's turn here.`);
    }
  }
  const deferred = isSilent(after) ? [] : [{ ...messageOf(after), role: 'assistant' as const }];
  const spoken = calls.length > 0 ? { ...messageOf(before), tool_calls: calls } : messageOf(before);
  // Chat models refuse a turn that says nothing at all.
  const isEmpty = calls.length === 0 && isSilent(before);
  return {
    spoken: isEmpty ? { ...spoken, content: ' ' } : spoken,
    calls: calls.map(({ id }) => id),
    deferred,
  };
}

function callOf(block: Block, path: string, calls: readonly ToolCall[]): ToolCall {
  const id = stringIn(block, 'id', path);
  if (calls.some((call) => call.id === id)) {
    throw invalidRequest(`${path}.id: tool_use ids must be unique.`, 'tool_pairing_invalid');
  }
  const args = JSON.stringify(recordIn(block, 'input', path));
  return { id, type: 'function', function: { name: stringIn(block, 'name', path), arguments: args } };
}

function messageOf({ texts, thoughts }: Said): AssistantMessage {
  const reasoning = joined(thoughts);
  return {
    role: 'assistant',
    content: joined(texts),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
  };
}

const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n\n');
const isSilent = ({ texts, thoughts }: Said): boolean => joined(texts) === '' && joined(thoughts) === '';
