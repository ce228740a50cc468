import { skip } from '../../harness/suite/skip.ts';
import { directUrl, isReplayed, service } from '../../harness/suite/stack.ts';

/** What the tiny model says to any prompt, see stubs/ollama-model: greedy sampling over a fixed chain of words. */
export const sentence = 'The quick brown fox jumps over the lazy dog and then it sleeps under a tree .';

/** One line of an answer of Ollama's own API. */
export interface Line {
  readonly error?: string;
  readonly status?: string;
  readonly response?: string;
  readonly message?: {
    readonly content: string;
    readonly tool_calls?: readonly { readonly function: object }[];
  };
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
}

/** The address of an Ollama that has the models of the stack; without one the test is skipped. */
export function ollamaUrl(name = 'ollama'): string {
  if (isReplayed()) skip('the recordings have only what recorders are for');
  service('ollama-model');
  return directUrl(name) ?? service(name).url;
}

const usualBoundMs = 60_000;
const bound = (ms = usualBoundMs) => AbortSignal.timeout(ms);

/** Asks and gives the lines of the answer as they come. */
export async function* lines(url: string, body: object, signal = bound()): AsyncGenerator<Line> {
  const answer = await post(url, body, signal);
  let rest = '';
  for await (const text of (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    const [last = '', ...whole] = (rest + text).split('\n').reverse();
    rest = last;
    for (const line of whole.reverse()) yield JSON.parse(line) as Line;
  }
  if (rest) throw new Error(`an answer that ends within a line: ${rest}`);
}

/** All lines of an answer, with its status. */
export async function allLines(url: string, body: object, boundMs = usualBoundMs): Promise<readonly Line[]> {
  return await allOf(lines(url, body, bound(boundMs)));
}

export async function post(url: string, body: object, signal = bound()): Promise<Response> {
  return await fetch(url, { method: 'POST', body: JSON.stringify(body), signal });
}

/** What an answer in one piece says. */
export async function whole(url: string, body: object, boundMs = usualBoundMs): Promise<Line> {
  return (await (await post(url, { ...body, stream: false }, bound(boundMs))).json()) as Line;
}

/** The text of a streamed answer. */
export function textOf(answer: readonly Line[]): string {
  return answer.map(({ response, message }) => response ?? message?.content ?? '').join('');
}

/** Everything of a stream, once it has ended. */
export async function allOf<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}
