import { createParser } from 'eventsource-parser';
import { request } from 'undici';
import type { ModelPlane } from '../../model/model-call.ts';
import { readBody } from '../../upstream/bounded-body.ts';

/** Posts JSON and returns the JSON of a 200; throws for anything else, and beyond a megabyte or half a minute. */
export type PostJson = (url: string, body: unknown, signal: AbortSignal) => Promise<unknown>;

const maxAnswerBytes = 1024 * 1024;
const timeoutMs = 30_000;

export const createPostJson =
  ({ dispatcher, requestTimeoutMs }: ModelPlane): PostJson =>
  async (url, payload, signal) => {
    const bound = AbortSignal.timeout(Math.min(timeoutMs, requestTimeoutMs));
    const { statusCode, headers, body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify(payload),
      dispatcher,
      signal: AbortSignal.any([signal, bound]),
    });
    const text = (await readBody(body, maxAnswerBytes)).toString('utf8');
    if (statusCode !== 200) throw new Error(`the tool answered with status ${statusCode}`);
    const isStream = String(headers['content-type']).startsWith('text/event-stream');
    return JSON.parse(isStream ? lastEventOf(text) : text);
  };

/** MCP servers may answer one call with a stream; the answer is its last event. */
function lastEventOf(text: string): string {
  let last = '';
  const parser = createParser({
    onEvent: ({ data }) => {
      last = data;
    },
  });
  parser.feed(`${text}\n\n`);
  return last;
}
