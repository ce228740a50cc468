import { rememberFailures, writeResults } from '../report/results-folder.ts';
import { searchResults } from '../report/results-search.ts';
import type { Summary } from '../report/summary.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import { printSummary } from './print-summary.ts';
import { type EdgeReport, printEdge, writeEdge } from './recordings/edge-report.ts';
import type { SuiteSelection, SuitesRun } from './run-suites.ts';

/** What a run has come to when its suites are over. */
export interface RunEnd {
  readonly done: SuitesRun | undefined;
  readonly journal: string | undefined;
  readonly edge: EdgeReport | undefined;
  readonly durationMs: number;
}

/** What was asked for, as far as results tell it. */
interface Asked {
  readonly results: string;
  readonly seed: number;
  readonly setup?: string;
  readonly recordings?: string;
  readonly selection: SuiteSelection;
}

/** What a run has left in its results folder. */
interface Kept {
  readonly summary: Summary;
  /** Credentials that are in there, a sentence each. */
  readonly leaks: readonly string[];
}

/** Writes the results, and what failed, for `--last-failed`; while the run's own folder is there. */
export function keepResults(
  folder: string,
  stacks: { readonly record: StackRecord; readonly second?: StackRecord | undefined },
  { done, journal, edge, durationMs }: RunEnd,
  { results, seed, selection }: Asked,
): Kept {
  const { outcomes = [], measurements = [] } = done ?? {};
  const facts = { ...stacks, seed, durationMs, outcomes, measurements };
  const summary = writeResults(folder, facts, journal);
  if (done) rememberFailures(results, facts);
  if (edge) writeEdge(folder, stacks.record, edge, selection);
  return { summary, leaks: searchResults(folder, stacks.record.runId) };
}

/**
 * Prints what came of it.
 *
 * @returns the exit code; what the edge missed, or a credential in the results, fails a run that is green otherwise
 */
export function conclude(
  { summary, leaks }: Kept,
  results: string,
  done: SuitesRun | undefined,
  edge: EdgeReport | undefined,
  { setup, recordings, selection }: Asked,
): number {
  const told = Object.entries({ setup, recordings }).flatMap(([name, value]) =>
    value === undefined ? '' : ` --${name} ${value}`,
  );
  const holds = edge === undefined || printEdge(edge, selection, told.join(''));
  for (const leak of leaks) console.log(`\n✗ ${results}: ${leak}`);
  const code = printSummary(summary, results, done);
  return holds && leaks.length === 0 ? code : 1;
}
