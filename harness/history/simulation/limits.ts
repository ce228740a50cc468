import type { JsonRecord } from '../../plan/json.ts';
import type { CheckChoice } from '../events.ts';
import { playCalls, playHolders } from './holders.ts';
import {
  bucketLimiter,
  clockLimiter,
  doubled,
  firstRequestLimiter,
  forgetful,
  limit,
  type MakeLimiter,
  perWorker,
  racing,
  slidingLimiter,
  stingy,
  windowMs,
} from './limiters.ts';
import { historyOf, numbersOf, type Played } from './played.ts';
import type { Simulated, Simulation } from './simulated.ts';

const startMs = 1_700_000_000_000;

/**
 * Bursts of requests of two clients and pauses, on keys that are used from the beginning. Clocks of the workers differ by up to
 * `inexactMs`; some clients hang up or get no answer, with and without an effect.
 */
function play(check: CheckChoice, make: MakeLimiter, seed: number, troubles: boolean): Simulated {
  const random = numbersOf(seed);
  const limiter = make(random);
  const inexactMs = Number(check.inexactMs ?? 1);
  const skews = [0, 1].map(() => (random() * 2 - 1) * inexactMs * 0.99);
  const requests: (Omit<Played, 'outcome' | 'answer'> & { readonly at: number; readonly worker: number })[] =
    [];
  let now = startMs + random() * 10_000;
  const bursts = troubles ? 4 + Math.floor(random() * 4) : 12;
  for (let burst = 0; burst < bursts; burst += 1) {
    const key = `k${Math.floor(random() * (troubles ? 2 : 1))}`;
    const size = troubles ? 2 + Math.floor(random() * 14) : 16;
    for (let count = 0; count < size; count += 1) {
      now += random() * (troubles ? 5 : 9);
      const tookMs = random() < 0.02 && troubles ? random() * 2_000 : random() * 6;
      const at = now + random() * tookMs;
      const worker = Math.floor(random() * 2);
      requests.push({
        client: 1 + (count % 6),
        does: 'request',
        key,
        from: now,
        to: now + tookMs,
        at,
        worker,
      });
    }
    const longMs = (troubles ? 1.4 : 0.35) * windowMs;
    now += random() * (random() < 0.5 ? 120 : longMs);
  }
  const decided = requests.map((request) => ({ request, seenAt: request.at + (skews[request.worker] ?? 0) }));
  decided.sort((a, b) => a.seenAt - b.seenAt);
  const played = decided.map(({ request: { at, worker, ...asked }, seenAt }): Played => {
    const trouble = troubles ? random() : 1;
    if (trouble < 0.02) return { ...asked, outcome: 'unknown' };
    const admitted = limiter(asked.key, seenAt, worker);
    if (trouble < 0.05)
      return { ...asked, outcome: 'unknown', answer: { abortedAt: asked.to, timedOut: true } };
    if (trouble < 0.06 && admitted) return { ...asked, outcome: 'fail', answer: { status: 404 } };
    return admitted
      ? { ...asked, outcome: 'ok', answer: { status: 200 } }
      : { ...asked, outcome: 'fail', answer: { status: 429 } };
  });
  return {
    history: historyOf(
      check,
      played.toSorted((a, b) => a.from - b.from),
    ),
  };
}

interface Kind {
  readonly subject: string;
  readonly options: JsonRecord;
  readonly make: MakeLimiter;
  readonly anomalies: Readonly<Record<string, MakeLimiter>>;
}

const windows = { limit, windowMs, inexactMs: 2 };
const usual = (make: MakeLimiter) => ({
  'a limit per worker': perWorker(make),
  'read, then written': racing(make),
  'forgotten by a worker that is started again': forgetful(make),
});

const kinds: readonly Kind[] = [
  {
    subject: 'sliding window',
    options: { ...windows, window: 'sliding' },
    make: slidingLimiter,
    anomalies: usual(slidingLimiter),
  },
  {
    subject: 'sliding window, refusals',
    options: { ...windows, window: 'sliding', refusesOnlyAbove: true },
    make: slidingLimiter,
    anomalies: { 'refused too early': stingy(slidingLimiter) },
  },
  {
    subject: 'fixed windows of one clock',
    options: { ...windows, window: 'fixed' },
    make: clockLimiter,
    anomalies: { 'twice as many, again and again': doubled },
  },
  {
    subject: 'fixed windows from the first request',
    options: { ...windows, window: 'fixed' },
    make: firstRequestLimiter,
    anomalies: {},
  },
  {
    subject: 'fixed windows that are known to begin with a request',
    options: { ...windows, window: 'fixed', begins: 'request', refusesOnlyAbove: true },
    make: firstRequestLimiter,
    anomalies: {
      'a limit per worker': perWorker(firstRequestLimiter),
      'refused too early': stingy(firstRequestLimiter),
    },
  },
  {
    subject: 'fixed windows that are known to follow one clock',
    options: { ...windows, window: 'fixed', begins: 'clock', refusesOnlyAbove: true },
    make: clockLimiter,
    anomalies: { 'a limit per worker': perWorker(clockLimiter) },
  },
  {
    subject: 'token bucket',
    options: {
      window: 'bucket',
      capacity: limit,
      refillPerSecond: (1_000 * limit) / windowMs,
      inexactMs: 2,
      refusesOnlyAbove: true,
    },
    make: bucketLimiter,
    anomalies: { ...usual(bucketLimiter), 'refused too early': stingy(bucketLimiter) },
  },
  ...[slidingLimiter, clockLimiter, firstRequestLimiter, bucketLimiter].map((make, index) => ({
    subject: `any window (${['sliding', 'clock', 'first request', 'bucket'][index]})`,
    options: { ...windows, window: 'any', begins: 'either', refusesOnlyAbove: true },
    make,
    anomalies: { 'twice as many, again and again': doubled, 'refused too early': stingy(make) },
  })),
];

function simulationOf({ subject, options, make, anomalies }: Kind): Simulation {
  const check = { checker: 'limit', ...options };
  const broken = Object.entries(anomalies).map(
    ([name, makeBroken]) => [name, (seed: number) => play(check, makeBroken, seed, false)] as const,
  );
  return {
    check,
    subject,
    correct: (seed) => play(check, make, seed, true),
    anomalies: Object.fromEntries(broken),
  };
}

const atOnce = { checker: 'limit', window: 'concurrent', limit: 2 };
const slot = { checker: 'limit', window: 'concurrent', limit: 1, leaseMs: 100 };
const lease = { checker: 'one-holder', ttlMs: 100 };

/** Limiters and leases that keep to what they say, and the ways in which workers break them. */
export const limitSimulations: readonly Simulation[] = [
  ...kinds.map(simulationOf),
  {
    check: atOnce,
    subject: 'calls at once',
    correct: (seed) => playCalls(atOnce, 2, seed, false),
    anomalies: { 'a limit per worker': (seed) => playCalls(atOnce, 2, seed, true) },
  },
  {
    check: slot,
    subject: 'slots with a lease',
    correct: (seed) => playHolders(slot, seed, 'none'),
    anomalies: { 'a slot freed early': (seed) => playHolders(slot, seed, 'early') },
  },
  {
    check: lease,
    subject: 'lease',
    correct: (seed) => playHolders(lease, seed, 'none'),
    anomalies: {
      'taken twice': (seed) => playHolders(lease, seed, 'two'),
      'freed early': (seed) => playHolders(lease, seed, 'early'),
      'renewed after it had run out': (seed) => playHolders(lease, seed, 'expired'),
      'a token that does not grow': (seed) => playHolders(lease, seed, 'token'),
    },
  },
];
