import type { Journal } from '../journal.ts';
import { invalid, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { areOver, holdsOf, overlapping } from './held.ts';
import type { BucketOptions, ConcurrentOptions, LimitOptions, WindowOptions } from './limit-options.ts';
import { overWindows } from './over-windows.ts';
import { wrongRefusal } from './refusals.ts';
import { type Placed, type Requests, requestsOf, tries } from './requests.ts';
import { emptied } from './token-bucket.ts';

/** What a kind of window says about the keys of a history. */
interface Judged {
  readonly over?: readonly Placed[] | undefined;
  readonly wronglyRefused?: Placed | undefined;
  readonly counted: number;
  /** Whether something was there to refuse. */
  readonly tried: boolean;
}

/**
 * A limit is broken for sure when no way to place the admitted requests, each between its ends, keeps to it. Source: RFC 6585 §4
 * leaves the kind of window to the service.
 */
export function limit(options: LimitOptions): Checker {
  return {
    name: 'limit',
    rule: `${ruleOf(options)}, over all workers together.`,
    needs: [
      'requests (or acquires) that end ok when admitted and fail when refused; a value says how many at once',
      'more of them than the limit admits',
    ],
    check(history, journal = []) {
      const { keys } = timelineOf(history);
      const { over, wronglyRefused, counted, tried } = judged(keys, journal, options);
      if (over) {
        const reason = `${over.length} were admitted, ${allowedBy(options)}`;
        return invalid(
          'limit',
          { reason, operations: over.flatMap(({ operations }) => operations) },
          counted,
        );
      }
      if (wronglyRefused) {
        const { operations } = wronglyRefused;
        const reason = `refused, though fewer had been admitted than allowed: ${allowedBy(options)}`;
        return invalid('limit', { reason, operations }, counted);
      }
      const unmet = tried ? undefined : 'never more requests than the limit admits';
      return notFound('limit', counted, unmet, 'no request was admitted');
    },
  };
}

function judged(keys: readonly (readonly Operation[])[], journal: Journal, options: LimitOptions): Judged {
  if (options.window === 'concurrent') return atOnce(keys, journal, options);
  const requests = keys.map((operations) => requestsOf(operations, options.inexactMs ?? 1));
  return options.window === 'bucket' ? fromBucket(requests, options) : inWindows(requests, options);
}

function atOnce(
  keys: readonly (readonly Operation[])[],
  journal: Journal,
  options: ConcurrentOptions,
): Judged {
  const holds = keys.map((operations) => holdsOf(operations, journal, options));
  const judgesRefusals = options.refusesOnlyAbove === true;
  return {
    over: first(holds, ({ surely }) => overlapping(surely, options.limit)),
    wronglyRefused: first(holds, ({ perhaps, refused }) =>
      judgesRefusals ? wrongRefusal({ possible: perhaps, refused }, 0, options.limit) : undefined,
    ),
    counted: sum(holds, ({ surely }) => surely.length),
    tried: holds.some(({ wanted, refused }) => refused.length > 0 || areOver(wanted, options.limit)),
  };
}

function inWindows(requests: readonly Requests[], options: WindowOptions): Judged {
  const { limit: allowed, windowMs } = options;
  return { over: overWindows(requests, options), ...aboutRefusals(requests, options, windowMs, allowed) };
}

function fromBucket(requests: readonly Requests[], options: BucketOptions): Judged {
  const { capacity, refillPerSecond } = options;
  // Who is refused finds less than a token. What a full bucket and the inflow of this time give was taken in this time.
  const lengthMs = (1_000 * capacity) / refillPerSecond;
  return {
    over: first(requests, ({ admitted }) => emptied(admitted, capacity, refillPerSecond / 1_000)),
    ...aboutRefusals(requests, options, lengthMs, Math.floor(capacity)),
  };
}

function aboutRefusals(
  requests: readonly Requests[],
  { refusesOnlyAbove = false }: LimitOptions,
  lengthMs: number,
  allowed: number,
): Judged {
  return {
    wronglyRefused: first(requests, (each) =>
      refusesOnlyAbove ? wrongRefusal(each, lengthMs, allowed) : undefined,
    ),
    counted: sum(requests, ({ admitted }) => admitted.length),
    tried: requests.some((each) => each.refused.length > 0 || tries(each, lengthMs, allowed)),
  };
}

function ruleOf(options: LimitOptions): string {
  if (options.window === 'concurrent') return `At no time more than ${options.limit} at once are admitted`;
  if (options.window === 'bucket')
    return `At no time more requests are admitted than a bucket of ${options.capacity} gives that gains ${options.refillPerSecond} per second`;
  const kind = options.window === 'any' ? 'window, of whatever kind,' : `${options.window} window`;
  return `In no ${kind} of ${options.windowMs} ms more than ${options.limit} requests are admitted`;
}

function allowedBy(options: LimitOptions): string {
  if (options.window === 'concurrent') return `${options.limit} at once are allowed`;
  if (options.window === 'bucket')
    return `${options.capacity} at once and ${options.refillPerSecond} per second are allowed`;
  return `${options.limit} in ${options.windowMs} ms are allowed`;
}

function first<T, R>(list: readonly T[], pick: (each: T) => R | undefined): R | undefined {
  for (const each of list) {
    const picked = pick(each);
    if (picked !== undefined) return picked;
  }
  return undefined;
}

const sum = <T>(list: readonly T[], of: (each: T) => number): number =>
  list.reduce((total, each) => total + of(each), 0);
