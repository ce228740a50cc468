import type { Verdict } from '../../history/verdict.ts';
import { operationsOf } from '../../plan/plan.ts';
import type { PlanOutcome } from '../running/run-plan.ts';

/** A checker that had something to judge in no run, and what it lacked in the last one. */
export interface NotJudged {
  readonly checker: string;
  readonly reason: string;
}

/** What runs of plans came to together. */
export class Tally {
  runs = 0;
  operations = 0;
  verdicts = 0;
  unknownVerdicts = 0;
  /** Runs that proved less than they were meant to: a fault that did not fire, or nothing done. */
  vacuous = 0;
  /** Why the last vacuous run was. */
  why: string | undefined;
  #proving = 0;
  #undecided = 0;
  #invalid = 0;
  readonly #runsJudged = new Map<string, number>();
  readonly #lacking = new Map<string, string>();

  add({ plan, judgement, vacuous }: Pick<PlanOutcome, 'plan' | 'judgement' | 'vacuous'>): void {
    this.runs += 1;
    this.operations += operationsOf(plan).length;
    this.vacuous += vacuous.length > 0 ? 1 : 0;
    this.why = vacuous.at(-1) ?? this.why;
    this.#invalid += judgement.verdict === 'invalid' ? 1 : 0;
    this.#undecided += judgement.verdict === 'unknown' ? 1 : 0;
    this.#proving += judgement.verdict === 'valid' && vacuous.length === 0 ? 1 : 0;
    this.unknownVerdicts += judgement.unknown;
    for (const { checker, verdict, reason = 'nothing to judge' } of judgement.verdicts) {
      const judged = verdict === 'not-judged' ? 0 : 1;
      this.verdicts += judged;
      this.#runsJudged.set(checker, (this.#runsJudged.get(checker) ?? 0) + judged);
      if (judged === 0) this.#lacking.set(checker, reason);
    }
  }

  /** In how many runs each checker had something to judge. */
  get judged(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#runsJudged].filter(([, runs]) => runs > 0));
  }

  get notJudged(): readonly NotJudged[] {
    return [...this.#runsJudged].flatMap(([checker, runs]) =>
      runs > 0 ? [] : [{ checker, reason: this.#lacking.get(checker) ?? 'no run' }],
    );
  }

  /**
   * Invalid if a run was. Valid only if more than half of the runs were judged valid and did all they were meant to: a few
   * vacuous or undecided runs leave the rest standing, but most of them say that next to nothing was looked at.
   */
  get verdict(): Verdict['verdict'] {
    if (this.#invalid > 0) return 'invalid';
    if (this.#proving * 2 > this.runs) return 'valid';
    return this.#undecided * 2 >= this.runs && this.runs > 0 ? 'unknown' : 'not-judged';
  }
}

/** The tally of runs that are over. */
export function tallyOf(outcomes: readonly PlanOutcome[]): Tally {
  const tally = new Tally();
  for (const outcome of outcomes) tally.add(outcome);
  return tally;
}
