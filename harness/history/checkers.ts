import { gauntletError } from '../errors.ts';
import { answerMatches } from './answers/answer-matches.ts';
import { type AttemptOptions, attempts } from './answers/attempts.ts';
import { type CancelOptions, cancelUpstream } from './answers/cancel-upstream.ts';
import { exactlyOnce } from './answers/exactly-once.ts';
import { liveness } from './answers/liveness.ts';
import { refusals } from './answers/refusals/refusals.ts';
import { streamEnds } from './answers/stream-ends.ts';
import { streamOrder } from './answers/stream-order.ts';
import { tenantIsolation } from './answers/tenant-isolation.ts';
import { truncatedComplete } from './answers/truncated-complete.ts';
import { usageSums } from './answers/usage-sums.ts';
import type { CheckChoice, History } from './events.ts';
import { faultsFired } from './faults-fired.ts';
import type { Journal } from './journal.ts';
import { limit } from './limits/limit.ts';
import { beginnings, isWindow, limitOptions } from './limits/limit-options.ts';
import { oneHolder } from './limits/one-holder.ts';
import { linearizable } from './linearizability/linearizability.ts';
import { allOrNothing } from './resources/all-or-nothing.ts';
import { capped } from './resources/capped.ts';
import { itemLife } from './resources/item-life.ts';
import { listOrder } from './resources/list-order.ts';
import { pages } from './resources/pages.ts';
import { totals } from './resources/totals.ts';
import { convergence } from './state/convergence.ts';
import { duplicateEffect } from './state/duplicate-effect.ts';
import { lostUpdate } from './state/lost-update.ts';
import { monotonicReads } from './state/monotonic-reads.ts';
import { orderedAppend } from './state/ordered-append.ts';
import { readTogether } from './state/read-together.ts';
import { readYourWrites } from './state/read-your-writes.ts';
import { staleRead } from './state/stale-read.ts';
import { deliveries, type JobOptions, jobs } from './tasks/jobs.ts';
import { taskEnds } from './tasks/task-ends.ts';
import { type Checker, type Judgement, judge } from './verdict.ts';

/** The type of each option of a checker; a `?` marks one that may be left out. */
type Options = Readonly<
  Record<
    string,
    'number' | 'number?' | 'numbers?' | 'texts?' | 'flag?' | 'window' | 'beginning?' | 'delivery'
  >
>;
type Given = Readonly<Record<string, never>>;
type Entry = readonly [options: Options, make: (given: Given) => Checker];

const plain = (checker: Checker): Entry => [{}, () => checker];

const table: Readonly<Record<string, Entry>> = {
  'lost-update': plain(lostUpdate),
  'duplicate-effect': plain(duplicateEffect),
  'stale-read': plain(staleRead),
  'read-your-writes': plain(readYourWrites),
  'monotonic-reads': plain(monotonicReads),
  'ordered-append': plain(orderedAppend),
  'read-together': plain(readTogether),
  'item-life': plain(itemLife),
  pages: plain(pages),
  totals: plain(totals),
  'list-order': plain(listOrder),
  'all-or-nothing': plain(allOrNothing),
  capped: plain(capped),
  convergence: [{ withinMs: 'number?' }, convergence],
  limit: [
    {
      window: 'window',
      limit: 'number?',
      windowMs: 'number?',
      originMs: 'number?',
      inexactMs: 'number?',
      begins: 'beginning?',
      refusesOnlyAbove: 'flag?',
      leaseMs: 'number?',
      capacity: 'number?',
      refillPerSecond: 'number?',
    },
    (given) => limit(limitOptions(given)),
  ],
  'one-holder': [{ ttlMs: 'number?', inexactMs: 'number?' }, oneHolder],
  'stream-order': plain(streamOrder),
  'truncated-complete': plain(truncatedComplete),
  'cancel-upstream': [
    { withinMs: 'number', sinceFirstFrame: 'flag?' },
    (given) => cancelUpstream(given as object as CancelOptions),
  ],
  'tenant-isolation': plain(tenantIsolation),
  'exactly-once': plain(exactlyOnce),
  attempts: [
    { most: 'number', restMs: 'number?', learnedMs: 'number?' },
    (given) => attempts(given as object as AttemptOptions),
  ],
  'answer-matches': plain(answerMatches),
  liveness: [{ withinMs: 'number?' }, liveness],
  refusals: [{ expected: 'numbers?', limit: 'number?', windowMs: 'number?' }, refusals],
  'stream-ends': plain(streamEnds),
  'usage-sums': [{ withinMs: 'number?', promptPrice: 'number?', completionPrice: 'number?' }, usageSums],
  'task-ends': [{ terminal: 'texts?', withinMs: 'number?' }, taskEnds],
  jobs: [
    { delivery: 'delivery', withinMs: 'number?', fifo: 'flag?' },
    (given) => jobs(given as object as JobOptions),
  ],
  linearizable: [{ steps: 'number?' }, linearizable],
  'faults-fired': plain(faultsFired),
};

export const checkerNames: readonly string[] = Object.keys(table);

/**
 * The checker that a history's header asks for.
 * @throws GauntletError GNT_CHECKER_UNKNOWN, GNT_CHECKER_OPTIONS
 */
export function checkerOf({ checker, ...given }: CheckChoice): Checker {
  const entry = Object.hasOwn(table, checker) ? table[checker] : undefined;
  if (!entry) throw gauntletError('GNT_CHECKER_UNKNOWN', checker, checkerNames.join(', '));
  const [options, make] = entry;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(options, name))
      throw gauntletError('GNT_CHECKER_OPTIONS', checker, `the option ${name}.`);
  }
  for (const [name, type] of Object.entries(options)) {
    if (isOfType(given[name], type)) continue;
    throw gauntletError('GNT_CHECKER_OPTIONS', checker, `${name}: ${JSON.stringify(given[name])}.`);
  }
  return make(given as Given);
}

/** Runs what the header of a history asks for, and sees to it that planned faults fired. */
export function checkHistory(history: History, journal?: Journal): Judgement {
  const { checks, faults = [] } = history.header;
  const chosen = checks.map(checkerOf);
  const vacuous = faults.length > 0 && !chosen.includes(faultsFired);
  return judge(vacuous ? [...chosen, faultsFired] : chosen, history, journal);
}

function isOfType(value: unknown, type: Options[string]): boolean {
  if (value === undefined) return type.endsWith('?');
  if (type === 'window') return isWindow(value);
  if (type === 'beginning?') return beginnings.some((beginning) => beginning === value);
  if (type === 'delivery') return deliveries.some((delivery) => delivery === value);
  if (type === 'flag?') return typeof value === 'boolean';
  if (type === 'numbers?') return Array.isArray(value) && value.every((each) => typeof each === 'number');
  if (type === 'texts?') return Array.isArray(value) && value.every((text) => typeof text === 'string');
  return typeof value === 'number' && value >= 0;
}
