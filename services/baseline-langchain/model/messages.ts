import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import type { ChatMessage, ToolCall } from '../../kit/chat-schema.ts';

/** Chat messages as LangChain's, nothing lost: parts, names, tool calls (also with malformed arguments), their results. */
export function toLangchain(messages: readonly ChatMessage[]): BaseMessage[] {
  return messages.map((message) => {
    const { name, tool_calls: toolCalls, tool_call_id: toolCallId } = message;
    const fields = { content: (message.content ?? '') as never, ...(name ? { name } : {}) };
    switch (String(message.role)) {
      case 'system':
        return new SystemMessage(fields);
      case 'developer':
        return new SystemMessage({ ...fields, additional_kwargs: { __openai_role__: 'developer' } });
      case 'assistant':
        return new AIMessage({ ...fields, ...callsOf(toolCalls ?? []) });
      case 'tool':
        return new ToolMessage({ ...fields, tool_call_id: toolCallId ?? '' });
      default:
        return new HumanMessage(fields);
    }
  });
}

/** Calls as LangChain wants them; as they came when an argument list is no JSON object, which it would drop. */
function callsOf(calls: readonly ToolCall[]): object {
  if (calls.length === 0) return {};
  const parsed = calls.flatMap(({ id, function: { name, arguments: text } }) => {
    const args = objectIn(text);
    return args === undefined ? [] : [{ id, name, args, type: 'tool_call' as const }];
  });
  return parsed.length === calls.length
    ? { tool_calls: parsed }
    : { additional_kwargs: { tool_calls: [...calls] } };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
