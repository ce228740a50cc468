import { type Dispatcher, errors } from 'undici';
import { ArrivingBody } from './arriving-body.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Until the status of the answer, and of silence in its body; by default the dispatcher's. */
  readonly headersTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
  /** For all of it, and what it then ends with; no bound without it. */
  readonly totalTimeoutMs?: number;
  readonly tooLate?: () => Error;
}

export interface PostAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ArrivingBody;
}

/**
 * Posts and resolves with the status, before the body. An abort of `signal` ends it at any time with the signal's reason.
 * It does what undici's `request` does at half of its price, as its body is no stream of Node's.
 *
 * @throws undici's errors, with their codes; the signal's reason
 */
export function post(dispatcher: Dispatcher, sent: Post, signal: AbortSignal): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let controller: Dispatcher.DispatchController | undefined;
    let arriving: ArrivingBody | undefined;
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const end = (error?: Error) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (arriving !== undefined) arriving.end(error);
      else if (error !== undefined) reject(error);
    };
    const hangUp = (reason: Error) => {
      if (over) return;
      end(reason);
      controller?.abort(reason);
    };
    const onAbort = () => hangUp(signal.reason);
    signal.addEventListener('abort', onAbort);

    const { origin, path } = addressOf(sent.url);
    const { headers, body, headersTimeoutMs = null, bodyTimeoutMs = null, totalTimeoutMs, tooLate } = sent;
    // The same time for all requests of a route: Node keeps such timers in one list, another time costs a list of its own.
    if (totalTimeoutMs !== undefined)
      timer = setTimeout(() => hangUp(tooLate?.() ?? new errors.BodyTimeoutError()), totalTimeoutMs);
    dispatcher.dispatch(
      {
        origin,
        path,
        method: 'POST',
        headers,
        body,
        headersTimeout: headersTimeoutMs,
        bodyTimeout: bodyTimeoutMs,
      },
      {
        onRequestStart: (started) => {
          controller = started;
          // The abort came while the request waited for its connection.
          if (over) started.abort(new errors.RequestAbortedError());
        },
        onResponseStart: (started, statusCode, received) => {
          if (statusCode < 200) return;
          arriving = new ArrivingBody(started, hangUp);
          resolve({ statusCode, headers: received, body: arriving });
        },
        onResponseData: (_controller, chunk) => arriving?.push(chunk),
        onResponseEnd: () => end(),
        onResponseError: (_controller, error) => end(error),
      },
    );
  });
}

interface Address {
  readonly origin: string;
  readonly path: string;
}

/** Addresses come from the settings: there are a few, and each is taken apart once. */
const addresses = new Map<string, Address>();
const mostAddresses = 1_000;

function addressOf(url: string): Address {
  const known = addresses.get(url);
  if (known !== undefined) return known;
  const { origin, pathname, search } = new URL(url);
  const address = { origin, path: `${pathname}${search}` };
  if (addresses.size < mostAddresses) addresses.set(url, address);
  return address;
}
