import { median, quantile } from '../statistics.ts';
import type { Block, BlockShape, Load } from './load.ts';
import type { SubjectName } from './subject.ts';

/** What a subject showed in one round. */
export interface Round {
  /** Median milliseconds to a JSON answer, one request at a time. */
  readonly json1Ms: number;
  /** JSON answers in a second, and their 99th percentile in milliseconds, 16 requests at a time. */
  readonly perSecond16: number;
  readonly p99Ms16: number;
  /** Median milliseconds to the first content of a stream. */
  readonly first1Ms: number;
  readonly first16Ms: number;
}

export type Rounds = Readonly<Partial<Record<SubjectName, readonly Round[]>>>;

export const warmRequests = 1_000;
const one = { concurrency: 1, requests: 200, ms: 2_000 };
const sixteen = { concurrency: 16, requests: 100_000, ms: 1_000 };
const warm = { concurrency: 16, requests: warmRequests, ms: 60_000 };

/**
 * Measures the subjects in turn, the order another in each round, after at least {@link warmRequests} requests of each
 * kind to each. What one round's differences and ratios compare happened within the same seconds.
 */
export async function measureRounds(
  loads: ReadonlyMap<SubjectName, Load>,
  count: number,
  onRound: (round: number) => void,
): Promise<Rounds> {
  const names = [...loads.keys()];
  const block = (name: SubjectName, shape: BlockShape) => (loads.get(name) as Load).block(shape);
  for (const name of names) {
    for (const stream of [false, true]) await block(name, { ...warm, stream });
  }
  const rounds: Partial<Record<SubjectName, Round[]>> = {};
  for (let round = 0; round < count; round += 1) {
    const first = round % names.length;
    const order = [...names.slice(first), ...names.slice(0, first)];
    const each = async (shape: BlockShape) => {
      const blocks = new Map<SubjectName, Block>();
      for (const name of order) blocks.set(name, await block(name, shape));
      return (name: SubjectName) => blocks.get(name) as Block;
    };
    const json1 = await each({ ...one, stream: false });
    const json16 = await each({ ...sixteen, stream: false });
    const stream1 = await each({ ...one, stream: true });
    const stream16 = await each({ ...sixteen, stream: true });
    for (const name of names) {
      const shown: Round = {
        json1Ms: median(json1(name).totalsMs),
        perSecond16: json16(name).perSecond,
        p99Ms16: quantile(json16(name).totalsMs, 0.99),
        first1Ms: median(stream1(name).firstsMs),
        first16Ms: median(stream16(name).firstsMs),
      };
      rounds[name] = [...(rounds[name] ?? []), shown];
    }
    onRound(round + 1);
  }
  return rounds;
}
