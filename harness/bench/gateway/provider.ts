/**
 * A model API on PORT that answers at once: the other end of a measured proxy, on a process of its own. What the last
 * message says in `frames=N bytes=B everyMs=M` makes a stream of N numbered frames of B bytes, one every M milliseconds.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

interface ChatRequest {
  readonly model?: string;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  readonly messages?: readonly { readonly content?: unknown }[];
}

const base = { id: 'chatcmpl-bench', created: 1_767_225_600, model: 'scripted' };
const usage = { prompt_tokens: 8, completion_tokens: 16, total_tokens: 24 };
const words = 'Two and two make four and that has been so for a very long time.'.split(' ');
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const chunk = (delta: object, finishReason: string | null = null) =>
  event({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });
const opening = chunk({ role: 'assistant', content: '' });
const frames = words.map((word) => chunk({ content: `${word} ` }));
const stop = chunk({}, 'stop');
const usageFrame = event({ ...base, object: 'chat.completion.chunk', choices: [], usage });
const message = { role: 'assistant', content: words.join(' ') };
const whole = JSON.stringify({
  ...base,
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'stop' }],
  usage,
});

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url?.endsWith('/chat/completions')) {
    answer(request, response).catch(() => response.destroy());
  } else response.writeHead(request.url === '/health' ? 200 : 404, { 'content-length': 0 }).end();
});
// No connection of a measured proxy ends because it was idle between two rounds.
server.keepAliveTimeout = 3_600_000;
server.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const asked = JSON.parse(Buffer.concat(parts).toString('utf8')) as ChatRequest;
  if (asked.stream !== true) {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(whole),
    });
    response.end(whole);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.write(opening);
  const last = asked.messages?.at(-1)?.content;
  const shape = /frames=(\d+) bytes=(\d+) everyMs=(\d+)/.exec(typeof last === 'string' ? last : '');
  if (shape) await writeNumbered(response, Number(shape[1]), Number(shape[2]), Number(shape[3]));
  else for (const frame of frames) response.write(frame);
  response.write(stop);
  if (asked.stream_options?.include_usage) response.write(usageFrame);
  response.end('data: [DONE]\n\n');
}

/** Frames whose texts are `0 …`, `1 …`, at the reader's pace. */
async function writeNumbered(response: ServerResponse, count: number, bytes: number, everyMs: number) {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const filling = '.'.repeat(Math.max(0, bytes - chunk({ content: '0000000 ' }).length));
  for (let number = 0; number < count; number += 1) {
    if (everyMs > 0) await delay(everyMs, undefined, { signal: closed.signal });
    const frame = chunk({ content: `${number} ${filling}` });
    if (!response.write(frame)) await once(response, 'drain', { signal: closed.signal });
  }
}
