import { findingText } from '../messages/finding.ts';
import { checkEvents } from '../messages/grammar.ts';
import { type MessageEvent, readEvents } from '../messages/read-events.ts';
import { streamSeen } from './chat-frame.ts';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  type Frame,
  type StreamAnswer,
} from './workload.ts';

const path = '/v1/messages';
const headers = { 'anthropic-version': '2023-06-01' };

interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_input_tokens?: number;
}

interface Message {
  readonly content?: readonly { readonly text?: string }[];
  readonly usage?: Usage;
}

/** Asks for a whole message. */
export async function message(client: Client, body: object): Promise<Completion> {
  const answer = await client.request({ path, headers, body });
  const said = answer.status === 200 ? messageIn(answer) : undefined;
  // What is no message, such as an error with 200, is what the client got for an answer.
  const completion = completionOf(
    answer,
    () => said?.content?.map(({ text = '' }) => text).join('') ?? answer.text,
  );
  return completion.type === 'ok' ? { ...completion, ...usageOf(said?.usage) } : completion;
}

/** Asks for a streamed message and reads it to its end, however it ends, or until the time is over. */
export async function messageStream(client: Client, body: object): Promise<Completion> {
  const reading = new Reading();
  const answer = await client.stream({
    path,
    headers,
    body: { ...body, stream: true },
    frame: (data, event) => reading.take(data, event),
  });
  const seen = streamSeen(answer);
  if (answer.abortedAt !== undefined) return { type: 'unknown', stream: seen, error: 'hung up' };
  const { status } = answer;
  if (answer.timedOut)
    return { type: 'unknown', status, stream: seen, timedOut: true, error: 'no end in time' };
  if (status !== 200) return completionOf(answer);
  const value = seen.frames.map((frame) => ('text' in frame ? frame.text : '')).join('');
  const common = { status, value, stream: seen, ...usageOf(reading.usage) };
  return seen.complete ? { type: 'ok', ...common } : { type: 'unknown', ...common, error: endOf(answer) };
}

/** What events of one stream mean. */
class Reading {
  readonly #events: MessageEvent[] = [];
  usage: Usage = {};

  /** Text of the answer, the pieces of a call's input included; its end; or an error. */
  take(data: string, event: string | undefined): Frame | undefined {
    const { events, findings } = readEvents([{ event, data }]);
    const [read] = events;
    const [unnamed] = findings;
    // What breaks the grammar is no text of any answer, so that its order is judged to be wrong.
    if (unnamed) return { text: `⟨${findingText(unnamed)}⟩` };
    if (!read) return undefined;
    this.#events.push(read);
    if (read.type === 'message_delta') this.usage = { ...this.usage, ...(read.usage as Usage) };
    if (read.type === 'content_block_delta') return textOf(read.delta as Readonly<Record<string, unknown>>);
    if (read.type !== 'message_stop' && read.type !== 'error') return undefined;
    const [broken] = checkEvents(this.#events).findings;
    if (broken) return { text: `⟨${findingText(broken)}⟩` };
    const { message = 'error' } = (read.error ?? {}) as { message?: string };
    return read.type === 'error' ? { error: message } : { done: true };
  }
}

function textOf(delta: Readonly<Record<string, unknown>>): Frame | undefined {
  const text = delta.text ?? delta.partial_json;
  return typeof text === 'string' && text !== '' ? { text } : undefined;
}

function messageIn(answer: Answer): Message | undefined {
  try {
    return answer.json<Message | null>() ?? undefined;
  } catch {
    return undefined;
  }
}

/** What was read from a cache or written to one is input, too. */
function usageOf(said: Usage | undefined): Pick<Completion, 'usage'> {
  const { input_tokens: input, output_tokens: completionTokens } = said ?? {};
  if (input === undefined || completionTokens === undefined) return {};
  const cached = (said?.cache_read_input_tokens ?? 0) + (said?.cache_creation_input_tokens ?? 0);
  return { usage: { promptTokens: input + cached, completionTokens } };
}

/** How a stream ended that is not whole, for people. */
function endOf({ frames, endedCleanly }: StreamAnswer): string {
  const told = frames.find((frame) => 'error' in frame);
  if (told) return told.error;
  return endedCleanly ? 'the stream ended without its end' : 'the connection broke';
}
