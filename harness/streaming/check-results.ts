import { scenariosOf } from './cells.ts';
import { knownFailures } from './known.ts';
import { paths } from './paths.ts';
import type { CellResult, StreamingResults } from './results.ts';

/**
 * Sentences about where the measured table is not the one that the suite holds: cells that nobody measured, that are
 * no more, that failed, or that are known to fail on one side alone.
 */
export function checkStreaming(measured: readonly StreamingResults[]): readonly string[] {
  const cells = measured.flatMap((results) => results.cells);
  const keyOf = ({ path, scenario }: Pick<CellResult, 'path' | 'scenario'>) => `${path}: ${scenario}`;
  const declared = paths.flatMap(({ name: path }) =>
    scenariosOf(path).map(({ name: scenario }) => ({ path, scenario })),
  );
  const [wanted, found] = [declared, cells].map((all) => new Set(all.map(keyOf)));
  const problems = [
    ...notMeasured([...(wanted ?? [])].filter((key) => !found?.has(key))),
    ...[...(found ?? [])].filter((key) => !wanted?.has(key)).map((key) => `"${key}" is no cell of the suite`),
    ...cells.filter(({ verdict }) => verdict === 'fails').map((cell) => `"${keyOf(cell)}" failed`),
    ...cells.flatMap((cell) => {
      const { bug, sometimes } = knownFailures[cell.path]?.[cell.scenario] ?? {};
      const isLucky = sometimes && cell.verdict === 'holds';
      return cell.verdict === 'skipped' || cell.bug === bug || isLucky
        ? []
        : [
            `"${keyOf(cell)}" was measured as ${cell.bug ?? cell.verdict}, and is declared as ${bug ?? 'holding'}`,
          ];
    }),
  ];
  return problems.map(
    (problem) =>
      `docs/streaming-truth.json: ${problem}; run the suite, then \`npm run generate -- --streaming results/latest\``,
  );
}

const notMeasured = ([first, ...more]: readonly string[]): readonly string[] =>
  first === undefined
    ? []
    : [`"${first}"${more.length > 0 ? ` and ${more.length} more were` : ' was'} not measured`];
