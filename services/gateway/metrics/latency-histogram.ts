const smallestMs = 0.1;
const growth = 1.02;
/** The last bucket takes everything above some eleven hours. */
const lastBucket = 1_000;

/** How many latencies fell into each bucket. */
export type LatencyBuckets = ReadonlyMap<number, number>;

/**
 * The bucket of a latency. Buckets grow by 2 %, so a quantile read from them is off by 1 % at most, and those of
 * workers and of days add up to a bounded number of rows.
 */
export function bucketOf(latencyMs: number): number {
  if (!(latencyMs > smallestMs)) return 0;
  return Math.min(lastBucket, Math.ceil(Math.log(latencyMs / smallestMs) / Math.log(growth)));
}

/** The `q`-quantile (0..1, nearest rank) in milliseconds; undefined without any latency. */
export function quantileMs(buckets: LatencyBuckets, q: number): number | undefined {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.max(1, Math.ceil(q * total));
  for (const [bucket, count] of sorted) {
    left -= count;
    if (left <= 0) return middleMs(bucket);
  }
  return undefined;
}

/** The middle of a bucket on the scale on which it grows. */
function middleMs(bucket: number): number {
  return smallestMs * growth ** (bucket === 0 ? 0 : bucket - 0.5);
}
