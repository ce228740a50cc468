import type { FailureClass } from '../smoke/failures/failure-class.ts';
import { evidencePath } from '../smoke/providers/evidence.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { Measurement } from '../suite/measure/measurement.ts';
import { type Counts, count, type TestOutcome } from './outcome.ts';

/** summary.json, as design §8 describes it. */
export interface Summary {
  readonly runId: string;
  readonly driver: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly services: StackRecord['services'];
  readonly tests: Counts;
  readonly suites: Readonly<Record<string, Counts>>;
  readonly skips: readonly { test: string; reason: string; class: string }[];
  /** What is no failure: conventions of ours that a service does not keep. */
  readonly findings: readonly {
    test: string;
    file: string;
    class: 'convention';
    what: string;
    message: string;
  }[];
  readonly failures: readonly { test: string; file: string; class: FailureClass }[];
  /** What providers answered in this run: the test, and the file of the results that has it. */
  readonly evidence?: readonly { test: string; provider: string; path: string }[];
}

export interface RunFacts {
  readonly record: StackRecord;
  readonly seed: number;
  readonly durationMs: number;
  readonly outcomes: readonly TestOutcome[];
  readonly measurements?: readonly Measurement[];
}

export function summarise({ record, seed, durationMs, outcomes }: RunFacts): Summary {
  const evidence = outcomes.flatMap(({ name, evidence: seen = [] }) =>
    seen.map((each) => ({ test: name, provider: each.provider, path: evidencePath(each) })),
  );
  const suites = [...new Set(outcomes.map(({ suite }) => suite))].sort();
  return {
    runId: record.runId,
    driver: record.driver,
    seed,
    startedAt: record.startedAt,
    durationMs,
    services: record.services,
    tests: count(outcomes),
    suites: Object.fromEntries(
      suites.map((suite) => [suite, count(outcomes.filter((outcome) => outcome.suite === suite))]),
    ),
    skips: outcomes.flatMap(({ status, name, reason, class: skipClass }) =>
      status === 'skipped' && reason
        ? [{ test: name, reason, class: skipClass ?? 'upstream_unavailable' }]
        : [],
    ),
    findings: outcomes.flatMap(({ name, file, conventions = [] }) =>
      conventions.map(({ what, message }) => ({
        test: name,
        file,
        class: 'convention' as const,
        what,
        message,
      })),
    ),
    failures: outcomes.flatMap(({ status, name, file, reason, message, class: known }) => {
      if (status === 'failed') {
        const ours = /GAUNTLET_STACK is not set|Cannot find module|SyntaxError/.test(message ?? '');
        const told = known === 'not_offered' ? undefined : known;
        return [{ test: name, file, class: told ?? (ours ? 'harness_bug' : 'product_failure') }];
      }
      return status === 'skipped' && !reason ? [{ test: name, file, class: 'harness_bug' as const }] : [];
    }),
    ...(evidence.length > 0 ? { evidence } : {}),
  };
}
