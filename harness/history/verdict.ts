import type { History } from './events.ts';
import type { Journal } from './journal.ts';

export interface Verdict {
  readonly checker: string;
  readonly verdict: 'valid' | 'invalid' | 'unknown';
  /** Why it is invalid or unknown, in one sentence. */
  readonly reason?: string;
  /** Ids of the fewest operations that show it, in the order in which they began. */
  readonly counterexample?: readonly string[];
  /** How many operations were judged; 0 makes a valid verdict worthless. */
  readonly counted: number;
}

/** A pure function from what was seen to a verdict, with what it asks of a workload. */
export interface Checker {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly rule: string;
  /** What the workload must provide; where a history does not, the verdict is unknown and says so. */
  readonly needs: readonly string[];
  readonly check: (history: History, journal?: Journal) => Verdict;
}

export interface Judgement {
  /** Invalid if one is, else unknown if one is or if there is none, else valid. */
  readonly verdict: Verdict['verdict'];
  readonly verdicts: readonly Verdict[];
  readonly unknown: number;
}

/** Runs checkers over one history. */
export function judge(checkers: readonly Checker[], history: History, journal?: Journal): Judgement {
  return combine(checkers.map(({ check }) => check(history, journal)));
}

/** One answer from several verdicts; unknown ones are counted, never dropped. */
export function combine(verdicts: readonly Verdict[]): Judgement {
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown').length;
  const invalid = verdicts.some(({ verdict }) => verdict === 'invalid');
  const verdict = invalid ? 'invalid' : unknown > 0 || verdicts.length === 0 ? 'unknown' : 'valid';
  return { verdict, verdicts, unknown };
}

/** Share of unknown verdicts, 0 to 1. A suite fails above 0.01. */
export function unknownRate(judgements: readonly Judgement[]): number {
  const all = judgements.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
  const unknown = judgements.reduce((sum, judgement) => sum + judgement.unknown, 0);
  return all === 0 ? 0 : unknown / all;
}
