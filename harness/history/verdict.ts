import type { History } from './events.ts';
import type { Journal } from './journal.ts';

export interface Verdict {
  readonly checker: string;
  /**
   * `unknown`: judged, but not decided, such as a search that ran out of steps. `not-judged`: nothing to judge, or a need of the
   * checker was not met; the reason says what was lacking.
   */
  readonly verdict: 'valid' | 'invalid' | 'unknown' | 'not-judged';
  /** Why it is not valid, in one sentence. */
  readonly reason?: string;
  /** Ids of the fewest operations that show it, in the order in which they began. */
  readonly counterexample?: readonly string[];
  /** How many operations were judged; a valid verdict has judged at least one. */
  readonly counted: number;
}

/** A pure function from what was seen to a verdict, with what it asks of a workload. */
export interface Checker {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly rule: string;
  /** What the workload must provide; where a history does not, the verdict is `not-judged` and says so. */
  readonly needs: readonly string[];
  readonly check: (history: History, journal?: Journal) => Verdict;
}

export interface Judgement {
  /** Invalid if one is, else unknown if one is, else valid if one is, else (nothing was judged) not-judged. */
  readonly verdict: Verdict['verdict'];
  readonly verdicts: readonly Verdict[];
  readonly unknown: number;
}

/** Runs checkers over one history. */
export function judge(checkers: readonly Checker[], history: History, journal?: Journal): Judgement {
  return combine(checkers.map(({ check }) => check(history, journal)));
}

/** One answer from several verdicts; what is not valid is counted, never dropped. */
export function combine(verdicts: readonly Verdict[]): Judgement {
  const has = (word: Verdict['verdict']) => verdicts.some(({ verdict }) => verdict === word);
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown').length;
  const order = ['invalid', 'unknown', 'valid'] as const;
  return { verdict: order.find(has) ?? 'not-judged', verdicts, unknown };
}
