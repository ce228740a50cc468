import { Agent } from 'undici';
import { release } from '../journal.ts';
import { newOperation } from '../operation.ts';
import { readRaw, type TimedStream, timed } from './timed-stream.ts';

/** How the scripted model speaks to every client of a fan-out. */
export interface Pace {
  readonly words: number;
  readonly wordsPerSecond: number;
}

/** What came of one of several streams: its own words, and what it has to say. */
export interface FannedStream extends TimedStream {
  readonly expected: string;
}

/**
 * Opens streams at the same moment, each of which has words of its own, and reads them to their ends. The model waits
 * behind its first word until all have it, so that all are open at once however slow the machine is. Only when all have
 * ended are they looked at.
 *
 * @param onOpen what is done when all are open, before the model goes on
 */
export async function fanOut(
  model: string,
  streams: number,
  pace: Pace,
  onOpen: () => Promise<unknown> = async () => undefined,
): Promise<readonly FannedStream[]> {
  const dispatcher = new Agent({ connections: null, bodyTimeout: 0, headersTimeout: 0 });
  const { id: op } = newOperation();
  try {
    const fanned = Array.from({ length: streams }, (_, client) => {
      const say = wordsOf(client, pace.words);
      const { mark } = newOperation({ op, say, tps: pace.wordsPerSecond, hold: 2 });
      const begun = Promise.withResolvers<void>();
      const raw = readRaw({ body: { model, input: `Hi ${mark}` }, dispatcher, onText: begun.resolve });
      return { say, begun: begun.promise, raw };
    });
    const whole = Promise.all(fanned.map(({ raw }) => raw));
    // One that ends before it has begun would be waited for in vain.
    await Promise.race([Promise.all(fanned.map(({ begun }) => begun)), whole]);
    await onOpen();
    const releasedAtMs = performance.now();
    await release(op);
    return (await whole).map((raw, client) => ({
      ...timed(raw, releasedAtMs),
      expected: fanned[client]?.say ?? '',
    }));
  } finally {
    await dispatcher.destroy();
  }
}

const wordsOf = (client: number, words: number): string =>
  Array.from({ length: words }, (_, at) => `c${client}.${at + 1}`).join(' ');

/** Streams that are not what their model said, in order and whole: the first of their faults each. */
export function faultsIn(streams: readonly FannedStream[]): readonly string[] {
  return streams.flatMap(({ findings, text, expected }, client) => {
    if (findings.length > 0) return [`stream ${client}: ${findings[0]}`];
    return text === expected ? [] : [`stream ${client} says "${text}"`];
  });
}
