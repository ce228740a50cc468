import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly debug?: boolean;
}

/** The data of each server-sent event. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const events = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) yield data;
}

/** The text of an answer, piece by piece. Throws when it ends without `[DONE]`. */
export async function* deltasOf(events: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const data of events) {
    if (data === '[DONE]') return;
    const { choices } = JSON.parse(data) as { choices?: readonly { delta?: { content?: string } }[] };
    yield choices?.[0]?.delta?.content ?? '';
  }
  throw new Error('the stream ended without its end');
}

/** The operation that a chat names in its last message. */
export function operationIn({ messages }: ChatRequest): string {
  return /\[\[op=([^\s\]]+)/.exec(messages.at(-1)?.content ?? '')?.[1] ?? '';
}
