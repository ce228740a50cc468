import { runSuites, type SuiteSelection } from './run-suites.ts';

/**
 * Lists the tests that a selection would run, by file. Nothing is started.
 *
 * @returns the exit code: 1 when nothing matches, or a file cannot be read
 */
export async function collect(selection: SuiteSelection, seed: number, signal: AbortSignal): Promise<number> {
  const done = await runSuites('', seed, selection, signal);
  const outcomes = (done?.outcomes ?? []).toSorted((a, b) => a.file.localeCompare(b.file));
  for (const [file, tests] of Map.groupBy(outcomes, (outcome) => outcome.file)) {
    console.log(file);
    for (const { name, status, message } of tests)
      console.log(status === 'failed' ? `  ✗ cannot be read: ${message}` : `  ${name}`);
  }
  const failed = outcomes.filter(({ status }) => status === 'failed').length;
  const files = new Set(outcomes.map(({ file }) => file)).size;
  console.log(
    outcomes.length === 0
      ? 'no tests matched'
      : `${outcomes.length} tests in ${files} ${files === 1 ? 'file' : 'files'}`,
  );
  return outcomes.length === 0 || failed > 0 ? 1 : 0;
}
