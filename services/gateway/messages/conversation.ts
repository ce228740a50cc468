import { invalidRequest } from './anthropic-error.ts';
import { assistantTurn, type ChatTurn } from './assistant-turn.ts';
import { blocksOf, type Part, partsOf, stringIn } from './content-block.ts';
import type { InputMessage } from './messages-schema.ts';
import { type ToolResult, toolResultOf } from './tool-result.ts';

interface Placed {
  readonly message: InputMessage;
  /** `messages.3`, for errors. */
  readonly path: string;
}

/** What the other side said between two turns of the assistant. */
interface Reply {
  readonly results: readonly ToolResult[];
  readonly messages: readonly ChatTurn[];
}

/**
 * The chat messages that mean what a conversation of the Messages API means. Each call of a turn is followed by its
 * results, in the order of the calls; what the assistant said after a call comes back as a turn of its own behind them,
 * and only then what the user said. So a chat model, which takes no text between a call and its result, loses nothing.
 *
 * @throws OpenaiError 400 for results without calls, calls without results, and blocks that cannot be passed on
 */
export function chatMessagesOf(messages: readonly InputMessage[]): readonly ChatTurn[] {
  const placed = messages.map((message, index) => ({ message, path: `messages.${index}` }));
  const chat: ChatTurn[] = [];
  for (let from = 0; from < placed.length; ) {
    const isAssistant = placed[from]?.message.role === 'assistant';
    let to = from + 1;
    while (to < placed.length && (placed[to]?.message.role === 'assistant') === isAssistant) to += 1;
    const said = placed.slice(from, to);
    from = to;
    if (!isAssistant) {
      // Only a conversation's beginning comes here: every other reply is read with the turn before it.
      chat.push(...replyTo([], replyOf(said)));
      continue;
    }
    const turn = assistantTurn(said.flatMap(({ message, path }) => blocksAt(message, path)));
    const end = placed.findIndex(({ message }, index) => index >= from && message.role === 'assistant');
    const answers = placed.slice(from, end < 0 ? placed.length : end);
    from += answers.length;
    chat.push(turn.spoken, ...replyTo(turn.calls, replyOf(answers), turn.deferred));
  }
  return chat;
}

const blocksAt = ({ content }: InputMessage, path: string) =>
  blocksOf(content, `${path}.content`).map((block, index) => ({ block, path: `${path}.content.${index}` }));

function replyOf(said: readonly Placed[]): Reply {
  const results: ToolResult[] = [];
  const messages = said.flatMap(({ message, path }): ChatTurn[] => {
    const shown: Part[] = [];
    const own: Part[] = [];
    let answers = 0;
    for (const { block, path: at } of blocksAt(message, path)) {
      if (block.type === 'tool_result' && message.role === 'user') {
        const result = toolResultOf(block, at);
        results.push(result);
        shown.push(...result.shown);
        answers += 1;
      } else own.push(...(message.role === 'user' ? partsOf(block, at) : [textAt(block, at)]));
    }
    const parts = [...shown, ...own];
    if (parts.length > 0) {
      return [{ role: message.role === 'system' ? 'system' : 'user', content: contentOf(parts) }];
    }
    if (answers === 0) throw invalidRequest(`${path}: ${message.role} messages must have non-empty content.`);
    return [];
  });
  return { results, messages };
}

function textAt(block: { readonly type: string }, path: string): Part {
  if (block.type !== 'text') throw invalidRequest(`${path}.type: a system message has text blocks only.`);
  return { type: 'text', text: stringIn(block, 'text', path) };
}

/** Texts alone become one text, as most chat models know nothing else. */
function contentOf(parts: readonly Part[]): string | readonly Part[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('\n') : parts;
}

function replyTo(
  calls: readonly string[],
  { results, messages }: Reply,
  deferred: readonly ChatTurn[] = [],
): readonly ChatTurn[] {
  const answers = new Map<string, ToolResult>();
  for (const result of results) {
    const { callId, path } = result;
    if (!calls.includes(callId)) {
      throw pairing(
        `${path}: unexpected tool_use_id '${callId}': the turn before has no tool_use block with this id.`,
      );
    }
    if (answers.has(callId)) throw pairing(`${path}: the tool_use '${callId}' has more than one result.`);
    answers.set(callId, result);
  }
  const missing = calls.filter((id) => !answers.has(id));
  if (missing.length > 0) {
    throw pairing(`messages: tool_use without a tool_result in the turn after it: ${missing.join(', ')}.`);
  }
  const toolMessages = calls.flatMap((id): ChatTurn[] => {
    const result = answers.get(id);
    return result ? [{ role: 'tool', tool_call_id: id, content: result.text }] : [];
  });
  return [...toolMessages, ...deferred, ...messages];
}

const pairing = (message: string) => invalidRequest(message, 'tool_pairing_invalid');
