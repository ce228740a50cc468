import axios from 'axios';
import { service } from './stack.ts';

/** A message as it arrived at the model. */
export interface SeenMessage {
  readonly role: string;
  readonly text: string;
  /** Types of its parts, where the content is a list of them. */
  readonly parts?: readonly string[];
  readonly reasoning?: string;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly toolCallId?: string;
}

/** What the scripted provider saw of one upstream request. Times are milliseconds since the epoch. */
export interface JournalEntry {
  readonly op: string;
  readonly kind: 'chat' | 'routing' | 'memory' | 'embedding';
  /** Hash of the `Authorization` that the request came with: the same for the same key; null without one. */
  readonly keySha256: string | null;
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly SeenMessage[];
  /** Names of the tools that the request offers. */
  readonly tools?: readonly string[];
  readonly toolChoice?: unknown;
  /** Scalar parameters of the request, such as `temperature`. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** SHA-256 of the URL of every image in the request. */
  readonly imageSha256: readonly string[];
  /** Tokens of the whole answer, and whether the answer told them. */
  readonly usage: { readonly promptTokens: number; readonly completionTokens: number };
  readonly saysUsage: boolean;
  /** JSON text of the objects and lists of the request, such as `response_format`. */
  readonly structures?: Readonly<Record<string, string>>;
  /** File parts of the request. */
  readonly files?: readonly { readonly name: string; readonly sha256: string }[];
  readonly requestText: string;
  readonly answerText: string;
  readonly status: number | null;
  readonly framesSent: number;
  readonly arrivedAt: number;
  readonly completedAt?: number;
  /** When the other side closed the connection before the answer was complete. */
  readonly hungUpAt?: number;
}

/** Upstream chat requests of an operation, oldest first. */
export async function journalOf(
  op: string,
  kind: JournalEntry['kind'] = 'chat',
): Promise<readonly JournalEntry[]> {
  const { data } = await axios.get<JournalEntry[]>(`${service('provider').url}/journal`, {
    params: { op, kind },
  });
  return data;
}

/** Lets an operation go on that the directive `hold` keeps at the provider. */
export async function release(op: string): Promise<void> {
  await axios.post(`${service('provider').url}/release`, undefined, { params: { op }, timeout: 10_000 });
}

/** Waits until the provider has seen an event of an operation. Fails after `timeoutMs`. */
export async function waitForJournal(
  op: string,
  event: 'arrived' | 'completed' | 'hungup' | 'fault',
  timeoutMs = 20_000,
  kind: JournalEntry['kind'] = 'chat',
): Promise<JournalEntry> {
  const response = await axios.get<JournalEntry>(`${service('provider').url}/journal/wait`, {
    params: { op, event, timeoutMs, kind },
    validateStatus: () => true,
    timeout: timeoutMs + 2_000,
  });
  if (response.status !== 200)
    throw new Error(`the provider saw no "${event}" of ${op} within ${timeoutMs} ms`);
  return response.data;
}
