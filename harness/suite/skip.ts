/**
 * Why a test did not run: only these excuse it, everything else is a failure. `not_offered`: the user's own service lacks
 * what the test is about.
 */
export type SkipClass = 'missing_env' | 'upstream_unavailable' | 'not_offered';

/** Thrown inside a test or hook: the test is reported as skipped, with this reason. */
export class SkipError extends Error {
  readonly skipClass: SkipClass;

  constructor(reason: string, skipClass: SkipClass) {
    super(reason);
    this.name = 'SkipError';
    this.skipClass = skipClass;
  }
}

/** Ends the running test as skipped. */
export function skip(reason: string, skipClass: SkipClass = 'upstream_unavailable'): never {
  throw new SkipError(reason, skipClass);
}

/** The value of an environment variable; without it the test is skipped as `missing_env`. */
export function requireEnvironment(name: string): string {
  return process.env[name] || skip(`${name} is not set`, 'missing_env');
}
