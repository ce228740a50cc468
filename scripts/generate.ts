/**
 * Writes the generated documents; with `--check` compares them instead and exits 1 when one is out of date or a
 * requirement is not covered. `--streaming results/RUN` takes what that run found of streams, in place of an earlier one with
 * its driver.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { providers } from '../harness/setups/catalogue.ts';
import { withModels } from '../harness/setups/litellm-config.ts';
import { modelsOfStack } from '../harness/setups/litellm-models.ts';
import { withProviders } from '../harness/setups/provider-table.ts';
import { checkMap } from '../harness/smoke/map/check-map.ts';
import { featureMap } from '../harness/smoke/map/feature-map.ts';
import { withFeatureMap } from '../harness/smoke/map/render-map.ts';
import { testTitles } from '../harness/smoke/map/test-titles.ts';
import { checkStreaming } from '../harness/streaming/check-results.ts';
import { withStreamingTruth } from '../harness/streaming/render-table.ts';
import type { StreamingResults } from '../harness/streaming/results.ts';
import { compareWithSeeds } from './traceability/compare-seeds.ts';
import { type Coverage, findCoverage } from './traceability/find-coverage.ts';
import { findGaps } from './traceability/find-gaps.ts';
import { renderTraceability } from './traceability/render.ts';
import type { Requirement } from './traceability/requirement.ts';
import { type RecordedBug, withTrackRecord } from './track-record/render.ts';

const root = join(import.meta.dirname, '..');
const seedsFolder = join(root, '../shared/seeds');
const documentPath = join(root, 'docs/traceability.md');
const smokePath = join(root, 'docs/smoke.md');
const readmePath = join(root, 'README.md');
const streamingPath = join(root, 'docs/streaming-truth.md');
const measuredPath = join(root, 'docs/streaming-truth.json');
const setupsPath = join(root, 'docs/setups.md');
const litellmPath = join(root, 'stubs/hooks/config.yaml');

const requirements = JSON.parse(
  readFileSync(join(root, 'docs/requirements.json'), 'utf8'),
) as readonly Requirement[];
/** Where tests of requirements are: the suites, and the unit tests of what gauntlet itself must do. */
const covering = ['e2e', 'harness'];
const suites = covering
  .flatMap((folder) => filesBelow(join(root, folder)))
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => ({ file: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
const coverages: readonly Coverage[] = suites.map(({ file, text }) => findCoverage(file, text));
const titles = suites.flatMap(({ file, text }) =>
  testTitles(text).map((title) => `${file.replace(/^e2e\//, '')}: ${title}`),
);
const streaming = readMeasured();
const tests = coverages.flatMap((coverage) => coverage.tests);
const readme = readFileSync(readmePath, 'utf8');
const smoke = readFileSync(smokePath, 'utf8');
const documents = [
  { path: documentPath, text: renderTraceability(requirements, tests) },
  { path: smokePath, text: withFeatureMap(smoke, featureMap) },
  { path: readmePath, text: withTrackRecord(readme, readBugs(join(root, 'bugs'))) },
  { path: measuredPath, text: `${JSON.stringify(streaming, null, 2)}\n` },
  { path: streamingPath, text: withStreamingTruth(readFileSync(streamingPath, 'utf8'), streaming) },
  { path: setupsPath, text: withProviders(readFileSync(setupsPath, 'utf8'), providers) },
  { path: litellmPath, text: withModels(readFileSync(litellmPath, 'utf8'), modelsOfStack(providers)) },
];

const problems = [
  ...coverages.flatMap((coverage) => coverage.strays),
  ...findGaps(requirements, tests),
  ...checkMap(featureMap, new Set(titles)),
  ...checkStreaming(streaming),
  ...(existsSync(seedsFolder) ? compareWithSeeds(requirements, readSeeds(seedsFolder)) : []),
];

for (const { path, text } of documents) {
  const present = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (present !== text)
    problems.push(`${relative(root, path)} is out of date: run \`npm run generate\``);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Texts of the requirement documents by their number, such as `101`'s in `004_….txt`. */
function readSeeds(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .filter((name) => /^\d{3}_/.test(name))
      .map((name) => [name.slice(0, 3), readFileSync(join(folder, name), 'utf8')]),
  );
}

function readBugs(folder: string): readonly RecordedBug[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'bug.json')))
    .map((name) => ({ name, ...JSON.parse(readFileSync(join(folder, name, 'bug.json'), 'utf8')) }));
}

/** What runs found of streams, one for each driver. */
function readMeasured(): readonly StreamingResults[] {
  const kept = JSON.parse(readFileSync(measuredPath, 'utf8')) as readonly StreamingResults[];
  const at = process.argv.indexOf('--streaming');
  if (at < 0) return kept;
  const path = join(process.argv[at + 1] ?? 'results/latest', 'streaming.json');
  const added = JSON.parse(readFileSync(path, 'utf8')) as StreamingResults;
  const others = kept.filter(({ driver }) => driver !== added.driver);
  return [...others, added].sort((a, b) => (a.driver < b.driver ? -1 : 1));
}
