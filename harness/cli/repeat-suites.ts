import {
  count,
  isAgainstConvention,
  isFailure,
  isKnownFailure,
  type TestOutcome,
} from '../report/outcome.ts';
import type { SuitesRun } from './run-suites.ts';

interface Round {
  readonly seed: number;
  readonly done: SuitesRun;
}

/**
 * Runs suites `times` times, with `seed`, `seed + 1` and so on, and prints what each run came to.
 *
 * @returns all of them as one: a test that failed once has failed, and tells with which seeds. Those before an interrupt
 * count; undefined when a run ended without saying
 */
export async function repeatSuites(
  times: number,
  seed: number,
  run: (seed: number) => Promise<SuitesRun | undefined>,
  signal: AbortSignal,
): Promise<SuitesRun | undefined> {
  const rounds: Round[] = [];
  for (let nth = 1; nth <= times; nth += 1) {
    const own = seed + nth - 1;
    const done = await run(own);
    if (signal.aborted) break;
    if (done === undefined) return undefined;
    rounds.push({ seed: own, done });
    const { passed, failed, skipped } = count(done.outcomes);
    console.log(
      `\nrun ${nth} of ${times}, seed ${own}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`,
    );
  }
  return asOne(rounds);
}

function asOne(rounds: readonly Round[]): SuitesRun | undefined {
  const last = rounds.at(-1)?.done;
  if (last === undefined) return undefined;
  const seen = rounds.flatMap(({ seed, done }) =>
    [...Map.groupBy(done.outcomes, nameOf)].flatMap(([name, alike]) =>
      // Two tests of a file may have one name.
      alike.map((outcome, at) => ({ test: `${name}\n${at}`, seed, outcome })),
    ),
  );
  const outcomes = [...Map.groupBy(seen, ({ test }) => test).values()].map((runs): TestOutcome => {
    const failedSeeds = runs.filter(({ outcome }) => isFailure(outcome)).map(({ seed }) => seed);
    const all = runs.map(({ outcome }) => outcome);
    const worst = all.find(isFailure) ?? all.find(isKnownFailure) ?? all.find(isAgainstConvention);
    const told = worst ?? all.find(({ status }) => status === 'passed') ?? (all[0] as TestOutcome);
    return { ...told, runs: { of: runs.length, failedSeeds } };
  });
  return { ...last, outcomes };
}

const nameOf = ({ file, name }: TestOutcome): string => `${file}\n${name}`;
