import type { ServerResponse } from 'node:http';

/** A signal that aborts at once when the client goes before its answer is complete. */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const onClose = () => {
    if (response.writableFinished) return;
    controller.abort(new DOMException('The client closed the connection.', 'AbortError'));
  };
  if (response.destroyed) onClose();
  else response.once('close', onClose);
  return controller.signal;
}
