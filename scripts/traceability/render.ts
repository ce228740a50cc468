import type { CoveringTest } from './find-coverage.ts';
import { documentOf, type Requirement } from './requirement.ts';

const HEADINGS: Readonly<Record<string, string>> = {
  '000': 'Gaps in integration-level testing (000)',
  '001': 'Coverage gaps of a model proxy (001)',
  '002': 'Suites, setups and streaming events (002)',
  '003': 'Smoke tests of a product (003)',
  '101': 'Integration Testing Suite (spec 101)',
};

/** The table of requirements and the tests that cover them, as a Markdown document in `docs/`. */
export function renderTraceability(
  requirements: readonly Requirement[],
  tests: readonly CoveringTest[],
): string {
  const documents = [...new Set(requirements.map(({ id }) => documentOf(id)))];
  const sections = documents.map((document) => {
    const rows = requirements
      .filter(({ id }) => documentOf(id) === document)
      .map((requirement) => `| ${describe(requirement)} | ${testsOf(requirement, tests)} |`);
    return [`## ${HEADINGS[document] ?? document}`, '', '| requirement | tests |', '|---|---|', ...rows].join(
      '\n',
    );
  });
  const intro = [
    '# Traceability',
    '',
    'Which test covers which requirement. Written by `npm run generate` from `requirements.json` and the `// covers` lines',
    'above the tests; `npm test` fails when a requirement has neither a test nor a reason, or this page is out of date.',
  ].join('\n');
  return `${[intro, ...sections].join('\n\n')}\n`;
}

function describe({ id, title }: Requirement): string {
  return `\`${id.slice(id.indexOf('/') + 1)}\`<br>${cell(title)}`;
}

function testsOf({ id, elsewhere }: Requirement, tests: readonly CoveringTest[]): string {
  if (elsewhere) return `none: ${cell(elsewhere)}`;
  return tests
    .filter(({ ids }) => ids.includes(id))
    .map(({ file, name }) => `[${file.replace(/^e2e\//, '')}](../${file}): ${cell(name)}`)
    .join('<br>');
}

/** Text that cannot end a table cell or open a tag. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
