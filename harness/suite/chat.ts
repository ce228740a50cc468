import axios from 'axios';
import { postForStream, type SeenStream, type StreamRequest } from './event-stream.ts';
import { service } from './stack.ts';

/** Model ids under which the gateway offers the two baselines, and the one a baseline itself answers to. */
export const cliModel = 'baseline-cli-agent';
export const langchainModel = 'baseline-langchain';
export const ownModel = 'baseline';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | readonly ChatPart[] | null;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** Body of a chat completion request with any further parameters of the API. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly [parameter: string]: unknown;
}

/** Body of an answer, a refusal included. */
export interface ChatAnswer {
  readonly id?: string;
  readonly object?: string;
  readonly choices?: readonly {
    readonly message?: {
      readonly role?: string;
      readonly content?: string | null;
      readonly tool_calls?: readonly ToolCall[];
    };
    readonly finish_reason?: string | null;
  }[];
  readonly error?: { readonly message: string; readonly type?: string; readonly code?: string | null };
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Asks a service for a whole completion; every status is an answer. Rejects when there is none in time. */
export async function complete(
  subject: string,
  body: ChatBody,
  { headers = {}, signal, timeoutMs = 50_000 }: CallOptions = {},
): Promise<{
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly data: ChatAnswer;
}> {
  const response = await axios.post<ChatAnswer>(`${service(subject).url}/v1/chat/completions`, body, {
    headers: { ...headers },
    timeout: timeoutMs,
    validateStatus: () => true,
    ...(signal ? { signal } : {}),
  });
  return { status: response.status, headers: { ...response.headers }, data: response.data };
}

/** Asks a service for a streamed completion and reads it to its end. */
export function streamed(
  subject: string,
  body: ChatBody,
  options: Pick<StreamRequest, 'headers' | 'signal' | 'onData' | 'onComment'> = {},
): Promise<SeenStream> {
  const url = `${service(subject).url}/v1/chat/completions`;
  return postForStream({ url, body: { ...body, stream: true }, ...options });
}

/** A conversation of one user message. */
export function says(text: string): readonly ChatMessage[] {
  return [{ role: 'user', content: text }];
}

/** Text of a whole completion; empty when there is none. */
export function answerIn(data: ChatAnswer): string {
  return data.choices?.[0]?.message?.content ?? '';
}
