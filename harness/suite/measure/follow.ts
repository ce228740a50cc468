import { Agent } from 'undici';
import { release } from '../journal.ts';
import { readRaw, type TimedStream, timed } from './timed-stream.ts';

/**
 * Follows a response in the background with several clients, whose model goes on once all of them have its first word.
 *
 * @param op the operation that its model is held by
 */
export async function follow(id: string, op: string, clients: number): Promise<readonly TimedStream[]> {
  const dispatcher = new Agent({ connections: null, bodyTimeout: 0, headersTimeout: 0 });
  try {
    const following = Array.from({ length: clients }, () => {
      const begun = Promise.withResolvers<void>();
      const path = `/responses/${id}?stream=true`;
      return { begun: begun.promise, raw: readRaw({ path, dispatcher, onText: begun.resolve }) };
    });
    const whole = Promise.all(following.map(({ raw }) => raw));
    await Promise.race([Promise.all(following.map(({ begun }) => begun)), whole]);
    const releasedAtMs = performance.now();
    await release(op);
    return (await whole).map((raw) => timed(raw, releasedAtMs));
  } finally {
    await dispatcher.destroy();
  }
}
