import { cellName, scenariosOf } from '../../harness/streaming/cells.ts';
import { knownFailures } from '../../harness/streaming/known.ts';
import type { PathName } from '../../harness/streaming/paths.ts';
import type { ScenarioName } from '../../harness/streaming/scenarios.ts';
import { unlessKnown } from '../../harness/suite/known-failure.ts';
import { listen } from '../../harness/suite/streaming/heard.ts';
import { runOf } from './runs.ts';
import { askedOf, type Start, starts } from './ways.ts';

/** A row of `test.each`: the end of the test's name, the path and the scenario. */
export type Cell = readonly [test: string, path: PathName, scenario: ScenarioName];

/** Of a path, so many scenarios are tried at the same time, beside those that wait until the provider has noticed something. */
const atOnce = 2;
const waiting: readonly ScenarioName[] = ['left', 'left early'];

/** The cells of paths, scenario after scenario. */
export const cellsOf = (...names: readonly PathName[]): readonly Cell[] =>
  names.flatMap((path) =>
    scenariosOf(path).map((scenario): Cell => [cellName(path, scenario), path, scenario.name]),
  );

/**
 * Begins with all cells, some of each path at once, so that none waits for another one's stream; what comes out of each is
 * told where its test awaits it.
 */
export function beginAll(cells: readonly Cell[]): (cell: Cell) => Promise<void> {
  const outcomes = new Map<string, Promise<void>>();
  const byPath = Map.groupBy(cells, ([, path]) => path);
  for (const [path, own] of byPath) {
    const begun = warmed(path);
    const lanes = new Map<number, Promise<void>>();
    for (const [at, [test, , scenario]] of own.entries()) {
      const lane = waiting.includes(scenario) ? atOnce : at % atOnce;
      const before = lanes.get(lane) ?? Promise.resolve();
      const outcome = before.then(async () => runOf(path, scenario)(await begun));
      lanes.set(
        lane,
        outcome.catch(() => undefined),
      );
      outcomes.set(test, outcome);
    }
  }
  return ([test, path, scenario]) =>
    unlessKnown(knownFailures[path]?.[scenario], async () => {
      if (!outcomes.has(test)) throw new Error(`"${test}" was not begun`);
      await outcomes.get(test);
    });
}

/** The first requests of a worker take it seconds on a busy machine: they are nobody's scenario, whatever comes of them. */
async function warmed(path: PathName): Promise<Start> {
  const start = await starts[path]();
  await Promise.allSettled(Array.from({ length: 4 }, () => listen(askedOf(start, { text: 'Hi' })).whole));
  return start;
}
