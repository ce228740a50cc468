import { type Command, InvalidArgumentError } from 'commander';
import { gauntletError } from '../errors.ts';
import { lastFailures, makeResultsFolder, rememberFailures, writeResults } from '../report/results-folder.ts';
import type { Summary } from '../report/summary.ts';
import { forSuites } from '../setups/settings.ts';
import { readStackRecord, type StackRecord } from '../stack/run-folder.ts';
import type { Supervisor } from '../stack/supervisor/client.ts';
import { type Requirement, requirements } from '../suite/offered/requirement.ts';
import { collect } from './collect.ts';
import { interruptSignal } from './interrupts.ts';
import { readJournal } from './journal.ts';
import { keptRun } from './kept-run.ts';
import { addStackOptions, oneOf, type StackOptions } from './options.ts';
import { printError } from './print-error.ts';
import { printSummary, printUrls } from './print-summary.ts';
import { type EdgeReport, printEdge, readEdge, rewindEdge, writeEdge } from './recordings/edge-report.ts';
import {
  checkSelection,
  runSuites,
  type SuiteSelection,
  type SuitesRun,
  selectableNames,
} from './run-suites.ts';
import { type RunSetup, settleRun } from './setup/run-setup.ts';
import { modelsOnKept, runningServer } from './setup/running-server.ts';
import { addSetupOptions, type SetupOptions } from './setup/setup-options.ts';
import { planRun, startStack } from './start-stack.ts';

/**
 * Where the wire stands unless `--wire` says otherwise: between clients and the gateway, where no service finds it in its way,
 * and between one service and its database, so that suites about something else are hardly touched.
 */
const usualLinks = ['client>gateway', 'memory>postgres'];

interface E2eOptions extends StackOptions, SetupOptions {
  readonly suites?: readonly string[];
  readonly grep?: string;
  readonly require?: readonly Requirement[];
  readonly results: string;
  readonly keep?: true;
  readonly stack?: string;
  readonly lastFailed?: true;
  readonly seed: number;
  readonly collectOnly?: true;
}

export function addE2eCommand(program: Command): void {
  const command = program.command('e2e').description('bring the stack up, run the suites, tear it down');
  addSetupOptions(addStackOptions(command))
    .option('--suites <list>', `suites to run, comma-separated: ${selectableNames().join(', ')}`, (list) =>
      list.split(','),
    )
    .option('--grep <re>', 'run only tests whose full name matches')
    .option(
      '--require <list>',
      `fail, instead of skipping, where a service does not offer one of these; comma-separated: ${requirements.join(', ')}`,
      oneOf(requirements),
    )
    .option('--results <dir>', 'where results go', 'results')
    .option('--keep', 'leave the stack up and print its URLs')
    .option('--stack <run-id>', 'run the suites on a kept stack')
    .option('--last-failed', 'run only what failed last time')
    .option('--collect-only', 'list the tests that would run; starts nothing')
    .option('--seed <n>', 'seed of every random choice (default: random)', seedOf)
    .action(async (options: E2eOptions) => {
      process.exitCode = await e2e({ ...options, seed: options.seed ?? Math.floor(Math.random() * 2 ** 31) });
    });
}

function seedOf(value: string): number {
  const seed = Number(value);
  if (!Number.isInteger(seed) || seed < 0) throw new InvalidArgumentError('It is a whole number from 0.');
  return seed;
}

async function e2e(asked: E2eOptions): Promise<number> {
  const { setup, options } = settleRun(asked, asked.suites);
  const selection = select(options, setup);
  if (selection.only?.length === 0) {
    console.log('nothing failed last time: nothing to run');
    return 0;
  }
  const signal = interruptSignal();
  if (options.collectOnly) return collect(selection, options.seed, signal);
  const kept = options.stack ?? (await runningServer(setup));
  if (kept) return onKeptStack(options, kept, selection, signal, setup);

  const run = await planRun(options, options.wire ? [] : usualLinks, setup);
  const { runId } = run.plan;
  const results = makeResultsFolder(options.results, runId);
  const engine = run.chosen.why ? ` (${run.chosen.why})` : '';
  console.log(
    `gauntlet e2e · run ${runId} · ${run.chosen.name}${engine} · seed ${options.seed} · ${results}`,
  );
  const startedAt = Date.now();
  const attempt = await startStack(run, options.deadline, signal);
  let done: SuitesRun | undefined;
  let failure = attempt.error;
  let journal: string | undefined;
  let edge: EdgeReport | undefined;
  try {
    if (failure === undefined) {
      console.log(`  up in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
      done = await runSuites(runId, options.seed, selection, signal);
      journal = await readJournal(attempt.record);
      edge = await readEdge(attempt.record);
    }
  } catch (error) {
    failure = error;
  }
  if (signal.aborted) failure = signal.reason;
  const facts = {
    record: attempt.record,
    seed: options.seed,
    durationMs: Date.now() - startedAt,
    outcomes: done?.outcomes ?? [],
    measurements: done?.measurements ?? [],
  };
  const summary = writeResults(results, facts, journal);
  if (done) rememberFailures(options.results, facts);
  if (edge) writeEdge(results, attempt.record, edge, selection);
  await finish(attempt.supervisor, attempt.record, options.keep === true && failure === undefined);
  if (failure !== undefined) {
    printError(failure);
    return signal.aborted ? 130 : 1;
  }
  return conclude(summary, results, done, edge, { ...options, selection });
}

/** Releases or removes the stack. */
async function finish(supervisor: Supervisor, record: StackRecord, keep: boolean): Promise<void> {
  if (keep) {
    await supervisor.release();
    supervisor.close();
    printUrls(record);
    return;
  }
  const startedAt = Date.now();
  await supervisor.down();
  console.log(`  torn down in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function onKeptStack(
  options: E2eOptions,
  id: string,
  selection: SuiteSelection,
  signal: AbortSignal,
  setup: RunSetup,
): Promise<number> {
  const runId = keptRun(id);
  const record = readStackRecord(runId) as StackRecord;
  const models = modelsOnKept(record, setup);
  const results = makeResultsFolder(options.results, runId);
  console.log(`gauntlet e2e · kept run ${runId} · ${record.driver} · seed ${options.seed} · ${results}\n`);
  await rewindEdge(record);
  const startedAt = Date.now();
  const done = await runSuites(runId, options.seed, { ...selection, models }, signal);
  if (signal.aborted) throw signal.reason;
  const durationMs = Date.now() - startedAt;
  const { outcomes = [], measurements = [] } = done ?? {};
  const facts = { record, seed: options.seed, durationMs, outcomes, measurements };
  const summary = writeResults(results, facts, await readJournal(record));
  if (done) rememberFailures(options.results, facts);
  const edge = await readEdge(record);
  if (edge) writeEdge(results, record, edge, selection);
  return conclude(summary, results, done, edge, { ...options, selection });
}

/** Prints what came of it. @returns the exit code; what the edge missed fails a run that is green otherwise */
function conclude(
  summary: Summary,
  results: string,
  done: SuitesRun | undefined,
  edge: EdgeReport | undefined,
  { setup, recordings, selection }: E2eOptions & { readonly selection: SuiteSelection },
): number {
  const told = Object.entries({ setup, recordings }).flatMap(([name, value]) =>
    value === undefined ? '' : ` --${name} ${value}`,
  );
  const holds = edge === undefined || printEdge(edge, selection, told.join(''));
  const code = printSummary(summary, results, done);
  return holds ? code : 1;
}

function select(options: E2eOptions, { settings }: RunSetup): SuiteSelection {
  const { suites, grep, require, collectOnly } = options;
  const models = forSuites(settings);
  const selection: SuiteSelection = { suites, grep, require, models, collectOnly };
  checkSelection(selection);
  if (!options.lastFailed) return selection;
  if (options.grep || options.suites)
    throw gauntletError('GNT_USAGE', '--last-failed cannot be combined with --suites or --grep.');
  const only = lastFailures(options.results);
  if (!only)
    throw gauntletError('GNT_USAGE', `--last-failed: there is no earlier run in ${options.results}.`);
  return { only, require, models, collectOnly };
}
