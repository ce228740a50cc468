import type { Worker } from 'node:cluster';

interface Handoff {
  readonly cmd?: unknown;
  readonly act?: unknown;
  readonly seq?: unknown;
  readonly ack?: unknown;
}

interface Closable {
  readonly close: () => void;
}

/**
 * Saves connections that the primary has handed to a worker which dies before it takes them.
 * node:cluster forgets them: it keeps each open until the worker's reply, which never comes, so that their clients
 * wait for ever. Here the reply is given in the dead worker's place and says "not accepted", upon which node:cluster
 * hands the connection to another worker; where there is none, the connection is closed.
 * Of others that are dead too the channels have ended before their exits are told: node:cluster has given up the last
 * one's queue by then, and what is put into it is served by nobody.
 * Built on messages of lib/internal/cluster: should they change, nothing is saved and nothing else breaks.
 *
 * @param listening workers that are said to listen
 */
export function saveHandoffs(worker: Worker, listening: () => readonly Worker[]): void {
  const channel = worker.process;
  const unanswered = new Map<unknown, Closable>();
  const send = channel.send;
  channel.send = ((message: Handoff, handle?: Closable, ...rest: unknown[]) => {
    if (message.act === 'newconn' && handle !== undefined) unanswered.set(message.seq, handle);
    return (send as (...args: unknown[]) => boolean).call(channel, message, handle, ...rest);
  }) as typeof channel.send;
  channel.prependListener('internalMessage', (message: Handoff) => unanswered.delete(message.ack));

  const recover = () => {
    // Replies that the worker wrote before it died are still to be read, until the channel ends.
    if (worker.isConnected()) {
      setImmediate(recover);
      return;
    }
    // A channel that ends with a handle on its way never says so, and the dead worker stays in the rotation.
    if (channel.listenerCount('disconnect') > 0) channel.emit('disconnect');
    for (const [seq, handle] of unanswered) {
      if (listening().some((other) => other.isConnected()))
        channel.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: seq, accepted: false });
      else handle.close();
    }
  };
  channel.once('exit', recover);
}
