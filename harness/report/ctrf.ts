import { isFailure } from './outcome.ts';
import type { RunFacts } from './summary.ts';

/** Common Test Report Format 0.0.0, https://ctrf.io/docs/specification/overview */
export function toCtrf({ record, durationMs, outcomes }: RunFacts): object {
  const start = Date.parse(record.startedAt);
  const failed = outcomes.filter(isFailure).length;
  const passed = outcomes.filter(({ status }) => status === 'passed').length;
  return {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'gauntlet' },
      summary: {
        tests: outcomes.length,
        passed,
        failed,
        skipped: outcomes.length - passed - failed,
        pending: 0,
        other: 0,
        start,
        stop: start + durationMs,
      },
      tests: outcomes.map((outcome) => ({
        name: outcome.name,
        status: isFailure(outcome) ? 'failed' : outcome.status,
        duration: Math.round(outcome.durationMs),
        suite: [outcome.suite],
        filePath: outcome.file,
        ...(outcome.message || outcome.reason ? { message: outcome.message ?? outcome.reason } : {}),
      })),
    },
  };
}
