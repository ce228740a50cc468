import type { TestOutcome } from '../report/outcome.ts';
import type { RunFacts } from '../report/summary.ts';
import { cellOf } from './cells.ts';
import { type PathName, paths } from './paths.ts';
import type { ScenarioName } from './scenarios.ts';

/** What a run found of a scenario on a path. */
export interface CellResult {
  readonly path: PathName;
  readonly scenario: ScenarioName;
  /** `known`: it does not hold, as is known of somebody else's server. */
  readonly verdict: 'holds' | 'known' | 'fails' | 'skipped';
  /** The folder below `bugs/`, of what is known. */
  readonly bug?: string;
  /** Of what was skipped. */
  readonly reason?: string;
}

/** `streaming.json` of a run. */
export interface StreamingResults {
  readonly runId: string;
  readonly driver: string;
  readonly startedAt: string;
  /** Versions of the services of the paths, as far as the stack had them. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cells: readonly CellResult[];
}

/** What the suite of streams found; undefined where it did not run. */
export function streamingOf({ record, outcomes }: RunFacts): StreamingResults | undefined {
  const cells = outcomes.flatMap((outcome) => {
    const cell = outcome.suite === 'streaming' ? cellOf(outcome.name) : undefined;
    return cell ? [{ ...cell, ...verdictOf(outcome) }] : [];
  });
  if (cells.length === 0) return undefined;
  const passed = new Set(paths.flatMap(({ services }) => services as readonly string[]));
  const versions = Object.entries(record.services).flatMap(([name, { version }]) =>
    passed.has(name) && version ? [[name, version] as const] : [],
  );
  const { runId, driver, startedAt } = record;
  return { runId, driver, startedAt, versions: Object.fromEntries(versions), cells };
}

function verdictOf({
  status,
  reason,
  known = [],
}: TestOutcome): Pick<CellResult, 'verdict' | 'bug' | 'reason'> {
  const [seen] = known;
  if (status === 'passed') return seen ? { verdict: 'known', bug: seen.bug } : { verdict: 'holds' };
  return status === 'skipped' && reason ? { verdict: 'skipped', reason } : { verdict: 'fails' };
}
