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
  /** The stack of the files that need one alone. */
  readonly second?: Pick<StackRecord, 'runId' | 'services'>;
  readonly tests: Counts;
  readonly suites: Readonly<Record<string, Counts>>;
  readonly skips: readonly { test: string; reason: string; class: string }[];
  /** What is no failure: conventions of ours that a service does not keep, and what is known of somebody else's server. */
  readonly findings: readonly {
    test: string;
    file: string;
    class: 'convention' | 'known_failure';
    /** The convention; or the bug, as `bugs/` has it, and the server. */
    what: string;
    message: string;
  }[];
  readonly failures: readonly {
    test: string;
    file: string;
    class: FailureClass;
    runs?: TestOutcome['runs'];
  }[];
  /** What providers answered in this run: the test, and the file of the results that has it. */
  readonly evidence?: readonly { test: string; provider: string; path: string }[];
  /** What suites left beside it: screenshots and traces of `e2e/browser`. */
  readonly files?: readonly string[];
}

export interface RunFacts {
  readonly record: StackRecord;
  /** The stack of the files that need one alone, where they had their own. */
  readonly second?: StackRecord | undefined;
  readonly seed: number;
  readonly durationMs: number;
  readonly outcomes: readonly TestOutcome[];
  readonly measurements?: readonly Measurement[];
}

export function summarise({ record, second, seed, durationMs, outcomes }: RunFacts): Summary {
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
    ...(second ? { second: { runId: second.runId, services: second.services } } : {}),
    tests: count(outcomes),
    suites: Object.fromEntries(
      suites.map((suite) => [suite, count(outcomes.filter((outcome) => outcome.suite === suite))]),
    ),
    skips: outcomes.flatMap(({ status, name, reason, class: skipClass }) =>
      status === 'skipped' && reason
        ? [{ test: name, reason, class: skipClass ?? 'upstream_unavailable' }]
        : [],
    ),
    findings: outcomes.flatMap(findingsOf),
    failures: outcomes.flatMap(({ status, name, file, reason, message, class: known, runs }) => {
      const where = { test: name, file, ...(runs ? { runs } : {}) };
      if (status === 'failed') {
        const ours = /GAUNTLET_STACK is not set|Cannot find module|SyntaxError/.test(message ?? '');
        const told = known === 'not_offered' ? undefined : known;
        return [{ ...where, class: told ?? (ours ? 'harness_bug' : 'product_failure') }];
      }
      return status === 'skipped' && !reason ? [{ ...where, class: 'harness_bug' as const }] : [];
    }),
    ...(evidence.length > 0 ? { evidence } : {}),
  };
}

function findingsOf({ name: test, file, conventions = [], known = [] }: TestOutcome): Summary['findings'] {
  return [
    ...conventions.map(({ what, message }) => ({ test, file, class: 'convention' as const, what, message })),
    ...known.map(({ bug, server, message }) => ({
      ...{ test, file, class: 'known_failure' as const },
      ...{ what: `${server}: bugs/${bug}`, message },
    })),
  ];
}
