import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import type { ChatMessage } from '../../kit/chat-schema.ts';

/** Chat messages as LangChain's, nothing lost: parts, names, tool calls (also with malformed arguments), their results. */
export function toLangchain(messages: readonly ChatMessage[]): BaseMessage[] {
  return messages.map((message) => {
    const { name, tool_calls: toolCalls, tool_call_id: toolCallId } = message;
    const fields = { content: (message.content ?? '') as never, ...(name === undefined ? {} : { name }) };
    switch (String(message.role)) {
      case 'system':
        return new SystemMessage(fields);
      case 'developer':
        return new SystemMessage({ ...fields, additional_kwargs: { __openai_role__: 'developer' } });
      case 'assistant':
        return new AIMessage({
          ...fields,
          ...(toolCalls === undefined || toolCalls.length === 0
            ? {}
            : { additional_kwargs: { tool_calls: toolCalls } }),
        });
      case 'tool':
        return new ToolMessage({ ...fields, tool_call_id: toolCallId ?? '' });
      default:
        return new HumanMessage(fields);
    }
  });
}
