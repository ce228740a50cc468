import type { ChatRequest } from './chat-request.ts';

const bytesPerToken = 4;
const perMessage = 4;
const perTool = 8;
/** What begins every prompt. */
const base = 3;
/** An image as large as models take it, about 1,600 (Anthropic, "Vision"); its bytes say nothing about its size. */
const perImage = 1_600;

/**
 * Estimate of a request's input tokens: a quarter of its UTF-8 bytes, with something for every message, tool and image.
 * The same on every worker, more than 0, and never less for a request with something added.
 */
export function countTokens({ messages, tools, response_format }: ChatRequest): number {
  let tokens = base;
  let bytes = response_format === undefined ? 0 : bytesOf(response_format);
  for (const message of messages) {
    const { content, tool_calls } = message;
    const { reasoning_content: thinking } = message as { reasoning_content?: string };
    const calls = tool_calls ?? [];
    tokens += perMessage;
    bytes += Buffer.byteLength(thinking ?? '') + (calls.length > 0 ? bytesOf(calls) : 0);
    for (const part of typeof content === 'string' ? [content] : (content ?? [])) {
      if (typeof part === 'string') bytes += Buffer.byteLength(part);
      else if (part.type === 'text') bytes += Buffer.byteLength(part.text);
      else if (part.type === 'image_url') tokens += perImage;
      else bytes += bytesOf(part);
    }
  }
  for (const tool of tools ?? []) {
    tokens += perTool;
    bytes += bytesOf(tool.function);
  }
  return tokens + Math.ceil(bytes / bytesPerToken);
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
