import { inapplicable } from './cells.ts';
import { type PathName, paths } from './paths.ts';
import type { CellResult, StreamingResults } from './results.ts';
import { type ScenarioName, type StreamScenario, scenarios } from './scenarios.ts';

const begin = '<!-- written by `npm run generate` from streaming-truth.json -->';
const end = '<!-- end of what is written -->';

/** A page with the tables put between its marks. Throws when it has none. */
export function withStreamingTruth(page: string, measured: readonly StreamingResults[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`docs/streaming-truth.md lacks the marks "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${tables(measured)}\n\n${page.slice(to)}`;
}

function tables(measured: readonly StreamingResults[]): string {
  const numbered = paths.map(({ name, route }, index) => `${index + 1}. **${name}**: \`${route}\``);
  const head = `| | ${paths.map((_, index) => index + 1).join(' | ')} |`;
  const rows = scenarios.map(
    (scenario) =>
      `| ${told(scenario)} | ${paths.map(({ name }) => cellText(name, scenario.name, measured)).join(' | ')} |`,
  );
  return [
    numbered.join('\n'),
    [head, `|---|${paths.map(() => '---').join('|')}|`, ...rows].join('\n'),
    '## What does not apply',
    paths.flatMap(({ name }) => reasonsOf(name)).join('\n'),
    '## What was measured',
    ['| driver | run | begun | versions |', '|---|---|---|---|', ...measured.map(measuredRow)].join('\n'),
  ].join('\n\n');
}

const told = ({ name, title }: StreamScenario): string => `**${name}**: ${title}`;

/** What drivers found alike is said once; what one could not try is said by the other. */
function cellText(path: PathName, scenario: ScenarioName, measured: readonly StreamingResults[]): string {
  if (inapplicable[path]?.[scenario] !== undefined) return '–';
  const found = measured.flatMap(({ driver, cells }) =>
    cells
      .filter((cell) => cell.path === path && cell.scenario === scenario && cell.verdict !== 'skipped')
      .map((cell) => ({ driver, said: verdictText(cell) })),
  );
  const said = [...new Set(found.map((each) => each.said))];
  if (said.length <= 1) return said[0] ?? '○';
  return found.map((each) => `${each.said} (${each.driver})`).join('<br>');
}

function verdictText({ verdict, bug }: CellResult): string {
  if (verdict === 'known') return `✘ [${bug}](../bugs/${bug})`;
  return verdict === 'holds' ? '✔' : '✘';
}

function reasonsOf(path: PathName): readonly string[] {
  const byReason = Map.groupBy(Object.entries(inapplicable[path] ?? {}), ([, reason]) => reason);
  return [...byReason].map(
    ([reason, entries]) => `- ${path}: ${entries.map(([name]) => name).join(', ')} – ${reason}.`,
  );
}

function measuredRow({ driver, runId, startedAt, versions }: StreamingResults): string {
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `| ${driver} | ${runId} | ${startedAt.slice(0, 10)} | ${all.join(', ')} |`;
}
