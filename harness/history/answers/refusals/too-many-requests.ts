import type { Operation } from '../../timeline.ts';

interface Limit {
  readonly limit: number;
  readonly windowMs: number | undefined;
}

/** Clocks of subjects and their windows are this inexact. */
const inexactMs = 1_000;

/**
 * Tells for a refused operation how many others could count against the limit, where these are too few for a refusal; else
 * undefined. Refused requests count too, and unknown ones for as long as they may go on: some limiters do so.
 */
export function tooManyRequests(
  operations: readonly Operation[],
  { limit, windowMs }: Limit,
): (operation: Operation) => number | undefined {
  const groups = Map.groupBy(operations, poolOf);
  return (operation) => {
    const since = operation.invoke.at - (windowMs ?? 0) - inexactMs;
    let others = 0;
    for (const other of groups.get(poolOf(operation)) ?? []) {
      if (other === operation) continue;
      if (other.start > operation.answered) break;
      const isOver =
        other.outcome !== 'unknown' && (other.completion?.at ?? Number.POSITIVE_INFINITY) < since;
      if (!isOver) others += 1;
      if (others >= limit) return undefined;
    }
    return others;
  };
}

/** What is counted together. */
function poolOf({ invoke: { does, key, account } }: Operation): string {
  if (account !== undefined) return `account ${account}`;
  return does === 'request' || does === 'acquire' ? `${does} ${key}` : 'all';
}
