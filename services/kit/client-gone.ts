import type { FastifyReply } from 'fastify';

/** A signal that is aborted when the client closes the connection before its answer is complete. */
export function clientGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const { raw } = reply;
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new DOMException('The client closed the request.', 'AbortError'));
  });
  return gone.signal;
}

/** True when nobody is left to read an answer, whatever became of the request. */
export function isClientGone(reply: FastifyReply): boolean {
  return reply.raw.destroyed && !reply.raw.writableFinished;
}
