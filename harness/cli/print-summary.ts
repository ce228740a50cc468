import { performanceLine } from '../report/performance.ts';
import type { Summary } from '../report/summary.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { SuitesRun } from './run-suites.ts';

/**
 * Prints skips with their reasons, conventions that are not kept, failures that are known, failures, and the count.
 *
 * @returns the exit code; a run that says nothing about what the user requires is no success
 */
export function printSummary(summary: Summary, folder: string, run: SuitesRun | undefined): number {
  const skipped = summary.skips.map(({ test, reason, class: skipClass }) => ({
    test,
    why: `${reason} (${skipClass})`,
  }));
  const findingsOf = (wanted: Summary['findings'][number]['class']) =>
    summary.findings
      .filter(({ class: found }) => found === wanted)
      .map(({ test, what }) => ({ test, why: what }));
  printGroups('skipped:', skipped);
  printGroups(
    'conventions that are not kept (no failures; `--require conventions` makes them so):',
    findingsOf('convention'),
  );
  printGroups(
    "known of somebody else's server (no failures; `npx gauntlet repro NAME` shows one):",
    findingsOf('known_failure'),
  );
  if (summary.failures.length > 0) console.log('\nfailed:');
  for (const { test, file, class: failureClass, runs } of summary.failures) {
    const often = runs
      ? ` · ${runs.failedSeeds.length} of ${runs.of} runs, first with --seed ${runs.failedSeeds[0]}`
      : '';
    console.log(`  ✗ ${file}: ${test} (${failureClass})${often}`);
  }
  const { passed, failed, conventions, known } = summary.tests;
  const ran = passed + failed + conventions + known;
  const measured = performanceLine(run?.measurements ?? []);
  if (measured) console.log(`\n${measured}`);
  console.log(`\nresults: ${folder}`);
  if (!run) {
    console.log('Jest ended without results; see its output above');
    return 1;
  }
  if (run.unasked.length > 0) {
    console.log(`--require ${run.unasked.join(',')}: none of the tests that ran needs it`);
  }
  if (ran + skipped.length === 0) console.log('no tests matched');
  const against = conventions > 0 ? `, ${conventions} against conventions` : '';
  const met = known > 0 ? `, ${known} known` : '';
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped${against}${met}`);
  return failed > 0 || run.unasked.length > 0 || ran + skipped.length === 0 ? 1 : 0;
}

/** Tests by what they have in common, the first three of each. */
function printGroups(
  title: string,
  entries: readonly { readonly test: string; readonly why: string }[],
): void {
  if (entries.length > 0) console.log(`\n${title}`);
  for (const [why, group] of Map.groupBy(entries, (entry) => entry.why)) {
    console.log(`  ${group.length} × ${why}`);
    for (const { test } of group.slice(0, 3)) console.log(`      ${test}`);
    if (group.length > 3) console.log(`      … and ${group.length - 3} more`);
  }
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
