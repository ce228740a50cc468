import type { CheckChoice, History } from '../events.ts';
import type { Journal } from '../journal.ts';

/** What a run of a simulated subject left. */
export interface Simulated {
  readonly history: History;
  readonly journal?: Journal;
}

/**
 * A subject that is correct, and the ways in which it can be broken, for one checker. Shares no code with checkers and their
 * models: it is what they are held to. `npm run bench -- checkers` runs all of them.
 */
export interface Simulation {
  readonly check: CheckChoice;
  /** What the subject is, such as `register`. */
  readonly subject: string;
  /** A run without a mistake, whatever else happened: retries, time-outs with late effects, refusals, unknown beginnings. */
  readonly correct: (seed: number) => Simulated;
  /** Runs with one planted mistake each, by its name; what the checker needs is in them. */
  readonly anomalies: Readonly<Record<string, (seed: number) => Simulated>>;
}
