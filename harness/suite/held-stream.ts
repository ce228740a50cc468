import { says, streamed } from './chat.ts';
import type { ChatChunk, SeenStream } from './event-stream.ts';
import { release } from './journal.ts';
import { type Directives, newOperation } from './operation.ts';

const readWithinMs = 30_000;

/** A stream whose client had read a part of it before the model went on. */
export interface HeldStream {
  readonly id: string;
  readonly stream: SeenStream;
  /** The text that the client had when the model was let go on. */
  readonly textBefore: string;
}

/**
 * Streams a chat through the gateway whose model waits after `hold` events until the client has read `upTo`. What the
 * model does next, such as breaking off, so meets a client that has all that came before, however slow the machine is.
 *
 * @throws when the client has not read so far within 30 s, or the stream ends before
 */
export async function heldStream(
  model: string,
  directives: Directives & { readonly hold: number },
  upTo: string,
): Promise<HeldStream> {
  const { id, mark } = newOperation(directives);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), readWithinMs);
  let text = '';
  let textBefore: string | undefined;
  let released: Promise<void> | undefined;
  const onData = (data: string) => {
    text += textIn(data);
    if (released || !text.includes(upTo)) return;
    clearTimeout(timer);
    textBefore = text;
    released = release(id);
  };
  const body = { model, messages: says(`Hi ${mark}`) };
  const stream = await streamed('gateway', body, { signal: late.signal, onData })
    .catch((error: Error) => {
      if (!late.signal.aborted) throw error;
    })
    .finally(() => clearTimeout(timer));
  await released;
  if (!stream || textBefore === undefined) {
    throw new Error(`"${upTo}" was not read within ${readWithinMs} ms; the client had "${text}"`);
  }
  return { id, stream, textBefore };
}

function textIn(data: string): string {
  if (data === '[DONE]') return '';
  return (JSON.parse(data) as ChatChunk).choices?.[0]?.delta?.content ?? '';
}
