import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { gauntletError } from '../errors.ts';
import type { TestOutcome } from '../report/outcome.ts';
import type { SuiteModels } from '../setups/settings.ts';
import { rootsOf, suiteGroups } from '../setups/suite-groups.ts';
import { readSmokeSettings } from '../smoke/providers/smoke-settings.ts';
import { packageRoot } from '../stack/process/launch.ts';
import { readStackRecord, runFolder, type StackRecord } from '../stack/run-folder.ts';
import type { Measurement } from '../suite/measure/measurement.ts';
import type { Requirement } from '../suite/offered/requirement.ts';

export interface SuiteSelection {
  readonly suites?: readonly string[] | undefined;
  /** Paths of test files, or parts of them. */
  readonly files?: readonly string[] | undefined;
  readonly grep?: string | undefined;
  /** Tests that failed last time; everything else is left out. */
  readonly only?: readonly { readonly file: string; readonly test: string }[] | undefined;
  /** What must be offered or kept; a test that would be skipped for the lack of it fails. */
  readonly require?: readonly Requirement[] | undefined;
  /** The setup and its models. */
  readonly models?: SuiteModels | undefined;
  /** Nothing is run: what would be is listed. */
  readonly collectOnly?: boolean | undefined;
}

/** What a run of the suites came to. */
export interface SuitesRun {
  readonly outcomes: readonly TestOutcome[];
  /** Features that the user requires and that no test asked for: nothing was found out about them. */
  readonly unasked: readonly Requirement[];
  /** Figures that suites measured, in their order. */
  readonly measurements: readonly Measurement[];
}

/** Runs of this process: each writes files of its own. */
let runs = 0;

/** Names of all suites: the folders below e2e/. */
function suiteNames(): readonly string[] {
  return readdirSync(join(packageRoot, 'e2e'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Paths of all test files, from the package's root. */
function testFiles(): readonly string[] {
  const below = readdirSync(join(packageRoot, 'e2e'), { encoding: 'utf8', recursive: true });
  return below.filter((file) => file.endsWith('.test.ts')).map((file) => `e2e/${file}`);
}

/** What a user means by a path, from wherever it is given, or by a part of one. */
export function namedFile(part: string): string {
  return existsSync(part) ? relative(packageRoot, resolve(part)) : part;
}

/** What `--suites` takes: folders below e2e/, and named groups of them. */
export function selectableNames(): readonly string[] {
  return [...new Set([...suiteNames(), ...suiteGroups.map(({ name }) => name)])].sort();
}

/** Throws GNT_SUITE_UNKNOWN, GNT_TEST_FILE_UNKNOWN, and GNT_USAGE for a pattern that is no regular expression or a setting of the smoke that is none. */
export function checkSelection({ suites, files, grep }: SuiteSelection): void {
  readSmokeSettings(process.env);
  const known = selectableNames();
  const unknown = suites?.find((suite) => !known.includes(suite));
  if (unknown !== undefined) throw gauntletError('GNT_SUITE_UNKNOWN', unknown, known.join(', '));
  const missing = files?.find((part) => testFiles().every((file) => !file.includes(part)));
  if (missing !== undefined) throw gauntletError('GNT_TEST_FILE_UNKNOWN', missing);
  if (grep === undefined) return;
  try {
    new RegExp(grep);
  } catch (error) {
    throw gauntletError('GNT_USAGE', `--grep: ${(error as Error).message}`);
  }
}

/**
 * Runs the suites in Jest against a stack.
 *
 * @param second the stack of the files that need one alone; without it they follow the others
 * @returns undefined when Jest ended without saying, which `signal` explains or is our fault
 */
export async function runSuites(
  runId: string,
  seed: number,
  selection: SuiteSelection,
  signal: AbortSignal,
  second?: StackRecord,
): Promise<SuitesRun | undefined> {
  const folder = selection.collectOnly ? mkdtempSync(join(tmpdir(), 'gauntlet-collect-')) : runFolder(runId);
  runs += 1;
  const own = `${process.pid}-${runs}`;
  const outcomes = join(folder, `outcomes-${own}.json`);
  const measurements = join(folder, `measurements-${own}.jsonl`);
  const features = join(folder, `features-${own}`);
  const recorderMode = readStackRecord(runId)?.variables.RECORDER_MODE;
  const required = selection.require ?? [];
  const pattern = selection.grep ?? selection.only?.map(({ test }) => `^${escapePattern(test)}$`).join('|');
  const files =
    selection.only?.map(({ file }) => escapePattern(file)) ??
    selection.files?.map(escapePattern) ??
    (selection.suites && rootsOf(selection.suites).map((root) => `e2e/${escapePattern(root)}`)) ??
    [];
  const args = [
    ...[
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
    ],
    ...['--config', 'e2e/jest.config.ts', '--passWithNoTests'],
    ...(pattern === undefined ? [] : ['--testNamePattern', pattern]),
    ...files,
  ];
  await execa(process.execPath, args, {
    cwd: packageRoot,
    env: {
      GAUNTLET_RUN: runId,
      GAUNTLET_STACK: join(folder, 'stack.json'),
      GAUNTLET_SECOND_STACK: second ? join(runFolder(second.runId), 'stack.json') : '',
      GAUNTLET_SEED: String(seed),
      GAUNTLET_OUTCOMES: outcomes,
      GAUNTLET_SKIPS: join(folder, `skips-${own}.jsonl`),
      GAUNTLET_CONVENTIONS: join(folder, `conventions-${own}.jsonl`),
      GAUNTLET_KNOWN: join(folder, `known-${own}.jsonl`),
      GAUNTLET_MEASUREMENTS: measurements,
      GAUNTLET_EVIDENCE: join(folder, `evidence-${own}.jsonl`),
      GAUNTLET_FEATURES: features,
      GAUNTLET_REQUIRE: required.join(','),
      GAUNTLET_SELECTED: pattern === undefined ? '' : '1',
      GAUNTLET_COLLECT: selection.collectOnly ? '1' : '',
      ...modelVariables(selection.models),
      GAUNTLET_RECORDED: recorderMode === 'live' ? '' : (recorderMode ?? ''),
    },
    stdio: [
      'ignore',
      selection.collectOnly ? 'ignore' : 'inherit',
      selection.collectOnly ? 'ignore' : 'inherit',
    ],
    reject: false,
    cancelSignal: signal,
    // An interrupt of the terminal reaches Jest as well; this is the end of one that does not listen.
    forceKillAfterDelay: 2_000,
  });
  const run = existsSync(outcomes) ? readRun({ outcomes, measurements, features }, required) : undefined;
  if (selection.collectOnly) rmSync(folder, { recursive: true });
  return run;
}

function readRun(
  paths: { readonly outcomes: string; readonly measurements: string; readonly features: string },
  required: readonly Requirement[],
): SuitesRun {
  const isAsked = (name: Requirement) => existsSync(join(paths.features, `${name}.json`));
  return {
    outcomes: JSON.parse(readFileSync(paths.outcomes, 'utf8')) as TestOutcome[],
    unasked: required.filter((name) => name !== 'conventions' && !isAsked(name)),
    measurements: existsSync(paths.measurements) ? readLines(readFileSync(paths.measurements, 'utf8')) : [],
  };
}

/** Suites that take one model, and know nothing of lists, get the first one of a setup that is not the usual one. */
function modelVariables(told: SuiteModels | undefined): Record<string, string> {
  if (!told) return {};
  const { text, embedding } = told.models;
  const first = { TEXT_MODEL: text.value[0], EMBEDDING_MODEL: embedding.value[0] };
  const named = Object.entries(first).flatMap(([name, value]) =>
    value === undefined || told.isScripted ? [] : [[name, value] as const],
  );
  return { GAUNTLET_MODELS: JSON.stringify(told), ...Object.fromEntries(named) };
}

function readLines(text: string): readonly Measurement[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Measurement);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
