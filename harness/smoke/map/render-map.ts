import { providerNames } from '../providers/catalogue.ts';
import { type TargetName, targetNames, targets } from '../target.ts';
import type { FeatureRow } from './feature-row.ts';

const begin = '<!-- written by `npm run generate` from harness/smoke -->';
const end = '<!-- end of what is written -->';

/** A page with the tables of targets and features put between its marks. Throws when it has none. */
export function withFeatureMap(page: string, rows: readonly FeatureRow[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/smoke.md lacks the marks "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${tables(rows)}\n\n${page.slice(to)}`;
}

function tables(rows: readonly FeatureRow[]): string {
  const listed = targetNames.map((name) => {
    const { what, needs, ...more } = targets[name];
    return `| \`${name}\`${'optIn' in more ? ' (opt-in)' : ''} | ${what} | ${needs} |`;
  });
  const sections = targetNames.map((target) => section(target, rows));
  return [
    `Providers: ${providerNames.map((name) => `\`${name}\``).join(', ')}.`,
    ['| target | what | needs, when it is tried live |', '|---|---|---|', ...listed].join('\n'),
    ...sections,
  ].join('\n\n');
}

function section(target: TargetName, rows: readonly FeatureRow[]): string {
  const lines = rows
    .filter((row) => row.target === target)
    .map((row) => {
      const { feature, subfeature, scenario, environment, expected, failure } = row;
      const cells = [`${feature} › ${subfeature}`, scenario, environment, expected, failure, proof(row)];
      return `| ${cells.map(cell).join(' | ')} |`;
    });
  const head = '| feature › subfeature | scenario | environment | expected | class of a failure | tests |';
  return [`### ${target}`, '', head, '|---|---|---|---|---|---|', ...lines].join('\n');
}

function proof({ product, prerequisites = [] }: FeatureRow): string {
  const tests = 'reason' in product ? [`none: ${product.reason}`] : product.map(linked);
  return [...tests, ...prerequisites.map((test) => `prerequisite: ${linked(test)}`)].join('<br>');
}

function linked(test: string): string {
  const [file = '', title] = test.split(/: (.*)/s);
  return `[${file.replace(/^smoke\//, '')}](../e2e/${file}): ${title}`;
}

/** Text that cannot end a table cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
