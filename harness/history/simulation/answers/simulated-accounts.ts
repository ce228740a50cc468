import type { Random } from '../random.ts';
import type { Act } from './act.ts';

/** A correct gateway shows an answer in its account at the latest after so long. */
const shownWithinMs = 1_000;
const before = { promptTokens: 100, completionTokens: 50, requests: 3 };

/** Looks at the account of a tenant: before its first call, at some time between, and when all is quiet. */
export function looks(
  tenant: string,
  calls: readonly Act[],
  random: Random,
  name: (count: number) => string,
): Act[] {
  const first = Math.min(...calls.map(({ invokedAt }) => invokedAt));
  const last = Math.max(...calls.map(({ endedAt }) => endedAt));
  const times = [first - 50, random.between(first, last), last + 2 * shownWithinMs];
  return times.map((at, count) => ({
    op: name(count),
    client: 9,
    invokedAt: at,
    endedAt: at + 10,
    asked: { name: 'usage', does: 'usage', key: `usage of ${tenant}`, account: tenant },
    type: 'ok',
    answer: { status: 200, value: usedAt(at, calls, random) },
    calls: [],
    tokens: [],
    isPlain: true,
  }));
}

/** What it shows: all that is long answered, some of what is not, and of attempts that failed. */
function usedAt(at: number, calls: readonly Act[], random: Random) {
  const used = { ...before };
  for (const { type, invokedAt, endedAt, calls: attempts } of calls) {
    const isSure = type === 'ok' && endedAt + shownWithinMs <= at;
    if (invokedAt > at || (!isSure && random.chance(0.5))) continue;
    used.requests += 1;
    for (const { usage, completedAt, status } of attempts) {
      const isAnswered = completedAt !== undefined && status === 200;
      if (!usage || (!isAnswered && random.chance(0.5))) continue;
      used.promptTokens += usage.promptTokens;
      used.completionTokens += usage.completionTokens;
    }
  }
  return used;
}
