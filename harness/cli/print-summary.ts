import type { TestOutcome } from '../report/outcome.ts';
import type { Summary } from '../report/summary.ts';
import type { StackRecord } from '../stack/run-folder.ts';

/** Prints skips with their reasons, failures, and the count. Returns the exit code. */
export function printSummary(
  summary: Summary,
  folder: string,
  outcomes: readonly TestOutcome[] | undefined,
): number {
  const byReason = Map.groupBy(summary.skips, ({ reason }) => reason);
  if (byReason.size > 0) console.log('\nskipped:');
  for (const [reason, skips] of byReason) {
    console.log(`  ${skips.length} × ${reason} (${skips[0]?.class})`);
    for (const { test } of skips.slice(0, 3)) console.log(`      ${test}`);
    if (skips.length > 3) console.log(`      … and ${skips.length - 3} more`);
  }
  if (summary.failures.length > 0) console.log('\nfailed:');
  for (const { test, file, class: failureClass } of summary.failures)
    console.log(`  ✗ ${file}: ${test} (${failureClass})`);
  const { passed, failed, skipped } = summary.tests;
  console.log(`\nresults: ${folder}`);
  if (!outcomes) {
    console.log('Jest ended without results; see its output above');
    return 1;
  }
  if (passed + failed + skipped === 0) console.log('no test matched');
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || passed + skipped === 0 ? 1 : 0;
}

/** Where everything is, and how to go on with a kept stack. */
export function printUrls(record: StackRecord): void {
  console.log(`\nthe stack is up as ${record.runId}:`);
  for (const [name, { state, url, reason }] of Object.entries(record.services)) {
    console.log(`  ${name.padEnd(19)} ${url ?? `${state}: ${reason}`}`);
  }
  console.log(`\n  run suites on it:  npm run e2e -- --stack ${record.runId}`);
  console.log(`  see its logs:      npx gauntlet logs gateway -f`);
  console.log(`  remove it:         npx gauntlet down ${record.runId}`);
}
