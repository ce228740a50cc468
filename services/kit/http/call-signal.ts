import type { ServerResponse } from 'node:http';

// One controller for each request: AbortSignal.any and AbortSignal.timeout cost several times as much.

const followers = new WeakMap<AbortSignal, Set<AbortController>>();

/**
 * A signal that aborts when the client goes before its answer is complete, when `cutOff` does, with its reason, and after
 * `boundMs` with a TimeoutError, if the answer has not gone out by then.
 */
export function callSignal(response: ServerResponse, cutOff: AbortSignal, boundMs?: number): AbortSignal {
  const controller = new AbortController();
  const following = followersOf(cutOff);
  let timer: NodeJS.Timeout | undefined;
  const onClose = () => {
    clearTimeout(timer);
    following.delete(controller);
    if (response.writableFinished) return;
    controller.abort(new DOMException('The client closed the request.', 'AbortError'));
  };
  if (response.destroyed) onClose();
  else if (cutOff.aborted) controller.abort(cutOff.reason);
  else {
    following.add(controller);
    response.on('close', onClose);
    if (boundMs !== undefined) timer = setTimeout(() => controller.abort(timeIsOver()), boundMs);
  }
  return controller.signal;
}

/** `signal` that also aborts after `ms`, with what `reasonOf` returns, until it is disposed of. */
export function boundedSignal(
  signal: AbortSignal,
  ms: number,
  reasonOf: () => Error = timeIsOver,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const onAbort = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(reasonOf()), ms);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

const timeIsOver = (): Error => new DOMException('The time for an answer is over.', 'TimeoutError');

/** The open requests that end with a signal: one listener for all of them, so that none is searched for among many. */
function followersOf(signal: AbortSignal): Set<AbortController> {
  const known = followers.get(signal);
  if (known !== undefined) return known;
  const following = new Set<AbortController>();
  followers.set(signal, following);
  const onAbort = () => {
    for (const controller of following) controller.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return following;
}
