import type { Dispatcher } from 'undici';
import type { Subject } from './subject.ts';

export interface Asked {
  /** Milliseconds until the whole answer was there. */
  readonly totalMs: number;
  /** Until the first piece of content; of a JSON answer like `totalMs`. */
  readonly firstMs: number;
}

/** A chat completion request as bytes; `text` is its last message, before it come `earlier` others. */
export function chatBody(model: string, stream: boolean, text = 'What is 2+2?', earlier = 0): Buffer {
  const history = [...Array(earlier).keys()].map((index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Message number ${index} of this conversation, as long as such messages are.`,
  }));
  const messages = [...history, { role: 'user', content: text }];
  return Buffer.from(JSON.stringify({ model, ...(stream ? { stream } : {}), messages }));
}

const contentStart = Buffer.from('"content":"');
const quote = 0x22;

/** Sends a request and times its answer. @throws when the answer is refused, broken off or not complete */
export function ask(
  dispatcher: Dispatcher,
  { name, url, headers }: Subject,
  body: Buffer,
  stream: boolean,
): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let firstMs = 0;
    let status = 0;
    let last: Buffer = Buffer.alloc(0);
    const fail = (why: string) =>
      reject(new Error(`${name} (${url}) ${why}: ${last.toString().slice(0, 300)}`));
    dispatcher.dispatch(
      {
        origin: url,
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => {
          if (stream && firstMs === 0 && holdsContent(chunk)) firstMs = performance.now() - startedAt;
          last = last.length < 64 ? Buffer.concat([last, chunk]) : chunk;
        },
        onResponseEnd: () => {
          const totalMs = performance.now() - startedAt;
          const text = last.toString('latin1').trimEnd();
          if (status !== 200) fail(`answered ${status}`);
          else if (!text.endsWith(stream ? 'data: [DONE]' : '}')) fail('ended too early');
          else if (stream && firstMs === 0) fail('sent no content');
          else resolve({ totalMs, firstMs: stream ? firstMs : totalMs });
        },
        onResponseError: (_controller, error) => fail(error.message),
      },
    );
  });
}

/** Whether a piece of a stream carries a text that is not empty. */
function holdsContent(chunk: Buffer): boolean {
  for (let at = chunk.indexOf(contentStart); at >= 0; at = chunk.indexOf(contentStart, at + 1)) {
    const next = chunk[at + contentStart.length];
    if (next !== undefined && next !== quote) return true;
  }
  return false;
}
