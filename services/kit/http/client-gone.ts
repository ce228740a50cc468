import type { ServerResponse } from 'node:http';

/** A signal that aborts when the client closes the connection before its answer is complete; at once if it has already. */
export function clientGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const onClose = () => {
    if (response.writableFinished) return;
    gone.abort(new DOMException('The client closed the request.', 'AbortError'));
  };
  if (response.destroyed) onClose();
  else response.once('close', onClose);
  return gone.signal;
}

/** True when nobody is left to read an answer, whatever became of the request. */
export function isClientGone(response: ServerResponse): boolean {
  return response.destroyed && !response.writableFinished;
}
