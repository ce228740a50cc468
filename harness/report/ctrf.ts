import { evidencePath } from '../smoke/providers/evidence.ts';
import { count, isAgainstConvention, isFailure, isKnownFailure, type TestOutcome } from './outcome.ts';
import type { RunFacts } from './summary.ts';

/** Common Test Report Format 0.0.0, https://ctrf.io/docs/specification/overview */
export function toCtrf({ record, durationMs, outcomes }: RunFacts): object {
  const start = Date.parse(record.startedAt);
  const { passed, failed, skipped, conventions, known } = count(outcomes);
  return {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'gauntlet' },
      summary: {
        tests: outcomes.length,
        passed,
        failed,
        skipped,
        pending: 0,
        other: conventions + known,
        start,
        stop: start + durationMs,
      },
      tests: outcomes.map((outcome) => ({
        name: outcome.name,
        ...statusOf(outcome),
        duration: Math.round(outcome.durationMs),
        suite: [outcome.suite],
        filePath: outcome.file,
        ...messageOf(outcome),
        ...flakinessOf(outcome),
        ...attachmentsOf(outcome),
      })),
    },
  };
}

/** CTRF has no word for a finding that is no failure: it is `other`, and `rawStatus` says what. */
function statusOf(outcome: TestOutcome): { readonly status: string; readonly rawStatus?: string } {
  if (isKnownFailure(outcome)) return { status: 'other', rawStatus: 'known failure' };
  if (isAgainstConvention(outcome)) return { status: 'other', rawStatus: 'convention' };
  return { status: isFailure(outcome) ? 'failed' : outcome.status };
}

function messageOf({ message, reason, conventions = [], known = [] }: TestOutcome): {
  readonly message?: string;
} {
  const told = [
    ...known.map(({ server, bug }) => `known of ${server}: bugs/${bug}`),
    ...conventions.map(({ what }) => `not kept: ${what}`),
  ];
  const said = message ?? reason ?? told.join('\n');
  return said ? { message: said } : {};
}

/** A test that failed in some of its runs. */
function flakinessOf({ runs }: TestOutcome): { readonly flaky?: true } {
  const failed = runs?.failedSeeds.length ?? 0;
  return failed > 0 && failed < (runs?.of ?? 0) ? { flaky: true } : {};
}

/** What providers answered, as files of the results. */
function attachmentsOf({ evidence }: TestOutcome): object {
  if (!evidence) return {};
  const attachments = evidence.map((each) => ({
    name: `answer of ${each.provider}`,
    contentType: 'application/json',
    path: evidencePath(each),
  }));
  return { attachments };
}
