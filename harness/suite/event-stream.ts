import { createParser } from 'eventsource-parser';
import { ownConnection } from './own-connection.ts';

/** A server-sent event stream as a client saw it. */
export interface SeenStream {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Headers;
  /** Contents of the `data:` fields, in order, the final `[DONE]` included. */
  readonly data: readonly string[];
  /** Milliseconds from the request to each of them. */
  readonly dataTimesMs: readonly number[];
  readonly comments: readonly string[];
  /** Milliseconds from the request to each event or comment. */
  readonly timesMs: readonly number[];
  /** Whether the body ended by itself; false when the connection broke. */
  readonly endedCleanly: boolean;
  /** The whole body, for answers that are no stream. */
  readonly body: string;
}

export interface StreamRequest {
  readonly url: string;
  /** Posted as JSON; without it the request is a GET. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Sees each event as it arrives. */
  readonly onData?: (data: string) => void;
  readonly onComment?: (comment: string) => void;
}

/** Posts a JSON body and reads the event stream that answers it to its end, however it ends. */
export function postForStream(request: StreamRequest & { readonly body: unknown }): Promise<SeenStream> {
  return readStream(request);
}

/** The same for the answer to a GET. */
export function getStream(url: string, options: Pick<StreamRequest, 'onData'> = {}): Promise<SeenStream> {
  return readStream({ url, ...options });
}

async function readStream(request: StreamRequest): Promise<SeenStream> {
  const startedAt = performance.now();
  const posted = {
    method: 'POST',
    headers: { ...ownConnection, 'content-type': 'application/json', ...request.headers },
    body: JSON.stringify(request.body),
  };
  const response = await fetch(request.url, {
    ...(request.body === undefined ? { headers: { ...ownConnection, ...request.headers } } : posted),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  const data: string[] = [];
  const dataTimesMs: number[] = [];
  const comments: string[] = [];
  const timesMs: number[] = [];
  const parser = createParser({
    onEvent: (event) => {
      const atMs = performance.now() - startedAt;
      timesMs.push(atMs);
      dataTimesMs.push(atMs);
      data.push(event.data);
      request.onData?.(event.data);
    },
    onComment: (comment) => {
      timesMs.push(performance.now() - startedAt);
      comments.push(comment);
      request.onComment?.(comment);
    },
  });
  const decoder = new TextDecoder();
  let body = '';
  let endedCleanly = true;
  try {
    for await (const chunk of response.body ?? []) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      body += text;
      parser.feed(text);
    }
  } catch (error) {
    if (request.signal?.aborted) throw error;
    endedCleanly = false;
  }
  const contentType = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    contentType,
    headers: response.headers,
    data,
    dataTimesMs,
    comments,
    timesMs,
    endedCleanly,
    body,
  };
}

/** The JSON chunks of a chat completion stream, without `[DONE]`. */
export function chunksOf(stream: SeenStream): readonly ChatChunk[] {
  return stream.data.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data) as ChatChunk);
}

/** How often the stream said that it is complete. */
export function doneCount(stream: SeenStream): number {
  return stream.data.filter((data) => data === '[DONE]').length;
}

/** The text that the chunks' content deltas add up to. */
export function textOf(stream: SeenStream): string {
  return chunksOf(stream)
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? '')
    .join('');
}

export interface ChatChunk {
  readonly id?: string;
  readonly object?: string;
  readonly error?: { readonly message: string; readonly type?: string; readonly code?: string | null };
  readonly choices?: readonly {
    readonly index: number;
    readonly delta?: {
      readonly role?: string;
      readonly content?: string;
      readonly reasoning_content?: string;
    };
    readonly finish_reason?: string | null;
  }[];
}
