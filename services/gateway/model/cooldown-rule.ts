import type { AttemptFailure, FailureKind } from './attempt-failure.ts';
import type { RouteScopes } from './route.ts';

/** How long something is left alone: `baseMs` after a first failure, doubled with each further one up to `maxMs`. */
export interface CooldownRule {
  readonly scope: keyof RouteScopes;
  readonly baseMs: number;
  readonly maxMs: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** No upstream's hint is believed beyond that: it is asked again, and may repeat it. */
const longestHintMs = 30 * minute;

/**
 * A forbidden request may have been so by its content, and an overload passes: both begin low, so that one request
 * that is refused everywhere does not take the model from everybody for long.
 */
const rules: Readonly<Record<Exclude<FailureKind, 'request'>, CooldownRule>> = {
  credentials: { scope: 'key', baseMs: 30 * minute, maxMs: 30 * minute },
  forbidden: { scope: 'key', baseMs: second, maxMs: 30 * minute },
  model: { scope: 'model', baseMs: 12 * hour, maxMs: 12 * hour },
  'rate-limit': { scope: 'model', baseMs: second, maxMs: 30 * minute },
  unreachable: { scope: 'provider', baseMs: second, maxMs: minute },
  transient: { scope: 'model', baseMs: second, maxMs: minute },
};

/** The cooldown that a failure calls for, none of them longer than `capMs`; undefined when the client is to blame. */
export function cooldownRule(
  { kind, retryAfterMs }: Pick<AttemptFailure, 'kind' | 'retryAfterMs'>,
  capMs: number,
): CooldownRule | undefined {
  if (kind === 'request') return undefined;
  const rule = rules[kind];
  const hint = retryAfterMs ? Math.min(retryAfterMs, longestHintMs) : undefined;
  return {
    scope: rule.scope,
    baseMs: Math.min(hint ?? rule.baseMs, capMs),
    maxMs: Math.min(hint ?? rule.maxMs, capMs),
  };
}
