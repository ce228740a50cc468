import { request } from 'undici';
import type { WorkerProxy } from '../../workers/client.ts';
import { service } from '../stack.ts';

export interface Asked {
  readonly method?: string;
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** A text or bytes as they are, anything else as JSON. */
  readonly body?: unknown;
  /** The worker to ask; any, unless one is named. */
  readonly worker?: WorkerProxy | undefined;
  /** Another service than the gateway, by its URL. */
  readonly origin?: string;
  /** For what may go on for ever, such as an event stream: so many bytes of the body are enough, or so much time. */
  readonly enough?: { readonly bytes: number; readonly ms: number };
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: suites look into bodies of any shape, and say what must be there
  readonly json: any;
}

const withinMs = 40_000;

/** Asks the gateway for any path below its root. Every status is an answer; no redirect is followed. */
export async function ask(path: string, asked: Asked = {}): Promise<Answered> {
  const { method = 'GET', key, headers = {}, body, worker, origin, enough } = asked;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await request(`${worker?.baseUrl ?? origin ?? service('gateway').url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : isRaw ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(withinMs),
    ...(worker ? { dispatcher: worker.dispatcher } : {}),
  });
  const text = enough ? await beginning(answer.body, enough) : await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, json: jsonOr(text) };
}

async function beginning(
  body: AsyncIterable<Buffer> & { destroy(): unknown; on(event: 'error', ignore: () => void): unknown },
  { bytes, ms }: { readonly bytes: number; readonly ms: number },
): Promise<string> {
  let text = '';
  body.on('error', () => undefined);
  const timer = setTimeout(() => body.destroy(), ms);
  try {
    for await (const chunk of body) {
      text += chunk.toString('utf8');
      if (text.length >= bytes) break;
    }
  } catch {
    // The time is over, or the stream was cut: what came is what there is.
  }
  clearTimeout(timer);
  return text;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
