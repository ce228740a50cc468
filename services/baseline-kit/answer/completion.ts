import type { ChatCompletion, ToolCall } from '../../kit/chat-schema.ts';
import { truncated } from '../upstream-error.ts';
import type { Answer } from './answer-event.ts';

export interface Identity {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
}

/** Collects a whole answer into one chat completion. @throws what the answer throws; 502 when it has no end */
export async function collectCompletion(
  answer: Answer,
  { id, created, model }: Identity,
): Promise<ChatCompletion & { metadata?: Readonly<Record<string, unknown>> }> {
  let content = '';
  let reasoning = '';
  const calls = new Map<number, ToolCall>();
  for await (const event of answer.events) {
    if (event.kind === 'content') content += event.text;
    else if (event.kind === 'reasoning') reasoning += `${event.text}`;
    else if (event.kind === 'tool_calls') {
      for (const { index, id, function: piece } of event.deltas) {
        const call = calls.get(index);
        calls.set(index, {
          id: call?.id || (id ?? ''),
          type: 'function',
          function: {
            name: (call?.function.name ?? '') + (piece?.name ?? ''),
            arguments: (call?.function.arguments ?? '') + (piece?.arguments ?? ''),
          },
        });
      }
    } else {
      const toolCalls = [...calls.values()];
      return {
        id,
        object: 'chat.completion',
        created,
        model,
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: content === '' && toolCalls.length > 0 ? null : content,
              ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
              ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
            },
            finish_reason: event.finishReason as never,
          },
        ],
        ...(event.usage === undefined ? {} : { usage: event.usage }),
        ...(answer.metadata === undefined ? {} : { metadata: answer.metadata }),
      };
    }
  }
  throw truncated();
}
