import { truncated } from '../../baseline-kit/upstream-error.ts';
import { withoutCredential } from '../../kit/http/without-credential.ts';

const doneLine = 'data: [DONE]';

/**
 * `fetch` that follows no redirect, whose refusals quote no key, and whose event streams fail when they end without `[DONE]`. The OpenAI client takes any end for a good one, so
 * that an answer broken off between two frames, or a tool call without its last arguments, would look complete.
 */
export async function wholeStreamFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  // Where a redirect leads, what users said would be told, too.
  const response = await fetch(input, { ...init, redirect: 'manual' });
  if (!response.ok) {
    const authorization = new Headers(init?.headers).get('authorization') ?? undefined;
    return new Response(withoutCredential(await response.text(), authorization), response);
  }
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (!isStream || response.body === null) return response;
  return new Response(response.body.pipeThrough(endChecker()), response);
}

/** Passes bytes on and errors at an end that does not follow a line `data: [DONE]`. */
export function endChecker(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let tail = '';
  let done = false;
  return new TransformStream({
    transform(bytes, controller) {
      const lines = (tail + decoder.decode(bytes, { stream: true })).split(/\r\n|\r|\n/);
      tail = (lines.pop() ?? '').slice(0, doneLine.length + 1);
      done ||= lines.some((line) => line === doneLine);
      controller.enqueue(bytes);
    },
    flush(controller) {
      if (!done && tail !== doneLine) controller.error(truncated());
    },
  });
}
