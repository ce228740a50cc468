import { gauntletError } from '../../errors.ts';

export const beginnings = ['clock', 'request', 'either'] as const;

interface Exactness {
  /**
   * By how much a request may have been dated wrongly: clocks of workers that differ, times in whole seconds, buckets that are
   * refilled in steps. Default 1: clocks that count whole milliseconds.
   */
  readonly inexactMs?: number;
  /** Who is refused finds the limit reached; nobody but the history uses the keys. Refusals are judged then, too. */
  readonly refusesOnlyAbove?: boolean;
}

/**
 * Requests per window that moves with time (`sliding`), per window that follows the one before (`fixed`), or whichever of
 * these and a token bucket of the same size it is (`any`).
 */
export interface WindowOptions extends Exactness {
  readonly window: 'sliding' | 'fixed' | 'any';
  readonly limit: number;
  readonly windowMs: number;
  /** For fixed windows: the beginning of any one of them, in milliseconds since the epoch, where that is known. */
  readonly originMs?: number;
  /**
   * How fixed windows begin, where that is known: by one `clock` for all keys, with a `request` of their key (nobody else used it
   * before), or one of these (`either`). A border then cannot lie wherever it would excuse most. Default: every key may
   * have windows that begin anywhere.
   */
  readonly begins?: (typeof beginnings)[number];
}

/** Requests that each take a token from a bucket that is refilled steadily. */
export interface BucketOptions extends Exactness {
  readonly window: 'bucket';
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** At once: between acquire and release, or calls that are upstream at the same time. */
export interface ConcurrentOptions extends Exactness {
  readonly window: 'concurrent';
  readonly limit: number;
  /** After which something acquired is free again by itself. Default: never. */
  readonly leaseMs?: number;
}

export type LimitOptions = WindowOptions | BucketOptions | ConcurrentOptions;

/** What each kind of window asks for; all of it is above zero, but a limit may be none at all. */
const asked: Readonly<Record<LimitOptions['window'], readonly string[]>> = {
  sliding: ['limit', 'windowMs'],
  fixed: ['limit', 'windowMs'],
  any: ['limit', 'windowMs'],
  bucket: ['capacity', 'refillPerSecond'],
  concurrent: ['limit'],
};

export const isWindow = (value: unknown): boolean => typeof value === 'string' && Object.hasOwn(asked, value);

/**
 * Options as a header gives them, each already of its type.
 * @throws GauntletError GNT_CHECKER_OPTIONS for one that its window needs and lacks
 */
export function limitOptions(given: object): LimitOptions {
  const options = given as LimitOptions;
  const values = given as Readonly<Record<string, number | undefined>>;
  for (const name of asked[options.window]) {
    const value = values[name];
    if (value === undefined)
      throw gauntletError('GNT_CHECKER_OPTIONS', 'limit', `a ${options.window} window without ${name}.`);
    if (value === 0 && name !== 'limit') throw gauntletError('GNT_CHECKER_OPTIONS', 'limit', `${name}: 0.`);
  }
  return options;
}
