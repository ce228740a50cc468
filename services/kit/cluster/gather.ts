import type { ToPrimary, ToWorker } from './cluster-message.ts';

/** How the workers of one service learn what the others have to say, through their primary. */
export interface Gatherings {
  /** Names what this worker answers to a topic. */
  answer(topic: string, give: () => Promise<unknown> | unknown): void;
  /**
   * What all workers answer to a topic, this one included. One that doesn't within `timeoutMs`, or has died, is stood
   * in for by what it told last, if it ever did.
   */
  gather(topic: string, timeoutMs: number): Promise<readonly unknown[]>;
  /** Leaves this worker's answer with the primary, for the time when it can't be asked any more. */
  leave(topic: string): Promise<void>;
}

interface Channel {
  readonly connected: boolean;
  send?(message: ToPrimary): unknown;
  on(event: 'message', listener: (message: ToWorker) => void): unknown;
}

/** Joins the gatherings of this process' primary; alone, without one, a worker gathers what it says itself. */
export function joinGatherings(channel: Channel = process as Channel): Gatherings {
  const answers = new Map<string, () => Promise<unknown> | unknown>();
  const waiting = new Map<number, (values: readonly unknown[]) => void>();
  let ids = 0;
  const send = (message: ToPrimary) => {
    if (channel.connected) channel.send?.(message);
  };
  const say = async (topic: string, id?: number) => {
    const give = answers.get(topic);
    // A worker that can't answer is silent: the primary stops waiting for it in time.
    if (give) send({ type: 'told', ...(id === undefined ? {} : { id }), topic, value: await give() });
  };

  channel.on('message', (message) => {
    if (message.type === 'asked') {
      say(message.topic, message.id).catch(() => undefined);
    } else if (message.type === 'gathered') {
      waiting.get(message.id)?.(message.values);
      waiting.delete(message.id);
    }
  });

  return {
    answer: (topic, give) => void answers.set(topic, give),
    gather: async (topic, timeoutMs) => {
      if (channel.send === undefined) return [await answers.get(topic)?.()];
      ids += 1;
      const id = ids;
      return new Promise((resolve, reject) => {
        // The primary keeps the time; this is for one that has stopped answering.
        const late = setTimeout(() => {
          waiting.delete(id);
          reject(new Error(`the primary did not answer within ${timeoutMs + 1_000} ms`));
        }, timeoutMs + 1_000);
        waiting.set(id, (values) => {
          clearTimeout(late);
          resolve(values);
        });
        send({ type: 'gather', id, topic, timeoutMs });
      });
    },
    leave: (topic) => say(topic),
  };
}
