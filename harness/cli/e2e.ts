import type { Command } from 'commander';
import { gauntletError } from '../errors.ts';
import { lastFailures, makeResultsFolder } from '../report/results-folder.ts';
import { forSuites } from '../setups/settings.ts';
import type { Attempt } from '../stack/bring-up.ts';
import { keepContainerLogs } from '../stack/compose/container-logs.ts';
import type { PlannedService } from '../stack/planned-service.ts';
import { readStackRecord, type StackRecord } from '../stack/run-folder.ts';
import type { Supervisor } from '../stack/supervisor/client.ts';
import { type Requirement, requirements } from '../suite/offered/requirement.ts';
import { conclude, keepResults } from './after-suites.ts';
import { collect } from './collect.ts';
import { interruptSignal } from './interrupts.ts';
import { readJournals } from './journal.ts';
import { keptRun } from './kept-run.ts';
import { addStackOptions, oneOf, type StackOptions, whole } from './options.ts';
import { printError } from './print-error.ts';
import { printUrls } from './print-summary.ts';
import { type EdgeReport, readEdge, rewindEdge } from './recordings/edge-report.ts';
import { repeatSuites } from './repeat-suites.ts';
import {
  checkSelection,
  namedFile,
  runSuites,
  type SuiteSelection,
  type SuitesRun,
  selectableNames,
} from './run-suites.ts';
import { type RunSetup, settleRun } from './setup/run-setup.ts';
import { modelsOnKept, runningServer } from './setup/running-server.ts';
import { addSetupOptions, type SetupOptions } from './setup/setup-options.ts';
import { startBeside } from './start-beside.ts';
import { type PlannedRun, planRun, startStack } from './start-stack.ts';

/**
 * Where the wire stands unless `--wire` says otherwise: between clients and the gateway, where no service finds it in its way,
 * and between one service and its database, so that suites about something else are hardly touched.
 */
const usualLinks = ['client>gateway', 'memory>postgres'];
/** What files that need a stack alone make use of. They break links to the database of every service that they can. */
const secondProfiles = ['core'];
const secondLinks = [...usualLinks, 'gateway>postgres'];

interface E2eOptions extends StackOptions, SetupOptions {
  readonly suites?: readonly string[];
  readonly files?: readonly string[];
  readonly grep?: string;
  readonly require?: readonly Requirement[];
  readonly results: string;
  readonly keep?: true;
  readonly oneStack?: true;
  readonly stack?: string;
  readonly lastFailed?: true;
  readonly seed: number;
  readonly repeat: number;
  readonly collectOnly?: true;
}

export function addE2eCommand(program: Command): void {
  const command = program.command('e2e').description('bring the stack up, run the suites, tear it down');
  addSetupOptions(addStackOptions(command))
    .argument('[files...]', 'test files to run: their paths, or parts of them')
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
    .option(
      '--one-stack',
      'run files that need a stack alone after the others, not on a second one beside them',
    )
    .option(
      '--repeat <n>',
      'run them that often on the stack, with seeds that follow each other, and tell how often each test failed',
      whole(1),
      1,
    )
    .option('--last-failed', 'run only what failed last time')
    .option('--collect-only', 'list the tests that would run; starts nothing')
    .option('--seed <n>', 'seed of every random choice (default: random)', whole(0))
    .action(async (given: readonly string[], options: E2eOptions) => {
      const files = given.map(namedFile);
      const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
      process.exitCode = await e2e({ ...options, ...(files.length > 0 && { files }), seed });
    });
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
  let second: Attempt | undefined;
  let done: SuitesRun | undefined;
  let failure = attempt.error;
  let journal: string | undefined;
  let edge: EdgeReport | undefined;
  try {
    if (failure === undefined && wantsSecond(asked, run)) {
      console.log('  a second one, for files that need a stack alone:');
      second = await startBeside({ ...options, profiles: secondProfiles }, secondLinks, signal);
      failure = second.error;
    }
    if (failure === undefined) {
      console.log(`  up in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
      done = await suitesOn(attempt.record, options, selection, signal, second?.record);
      journal = await readJournals([attempt.record, second?.record]);
      await Promise.all([attempt.record, second?.record].map((each) => each && keepContainerLogs(each)));
      edge = await readEdge(attempt.record);
    }
  } catch (error) {
    failure = error;
  }
  if (signal.aborted) failure = signal.reason;
  const stacks = { record: attempt.record, second: second?.record };
  const end = { done, journal, edge, durationMs: Date.now() - startedAt };
  const written = keepResults(results, stacks, end, { ...options, selection });
  await Promise.all([
    finish(attempt.supervisor, attempt.record, options.keep === true && failure === undefined),
    second?.supervisor.down(),
  ]);
  const tell = () => conclude(written, results, done, edge, { ...options, selection });
  if (failure === undefined) return tell();
  // Whole runs before an interrupt count, and so do suites behind which something else failed.
  if (done) tell();
  printError(failure);
  return signal.aborted ? 130 : 1;
}

/** Runs the suites, as often as was asked for; each time with the recordings from their beginning. */
async function suitesOn(
  record: StackRecord,
  { repeat, seed }: E2eOptions,
  selection: SuiteSelection,
  signal: AbortSignal,
  second?: StackRecord,
): Promise<SuitesRun | undefined> {
  const once = async (own: number) => {
    if (own !== seed) await rewindEdge(record);
    return runSuites(record.runId, own, selection, signal, second);
  };
  return repeat === 1 ? once(seed) : repeatSuites(repeat, seed, once, signal);
}

/** Only where all is tried on services of this package: others may share what the files beside them disturb. */
function wantsSecond(asked: E2eOptions, { plan, chosen }: PlannedRun): boolean {
  const { suites, files, grep, lastFailed, profiles, wire, mode, setup, stackConfig, keep, oneStack } = asked;
  const narrowed = [
    suites,
    files,
    grep,
    lastFailed,
    profiles,
    wire,
    mode,
    setup,
    stackConfig,
    keep,
    oneStack,
  ];
  if (narrowed.some(Boolean)) return false;
  const isOwn = (service: PlannedService) =>
    service.mode !== 'remote' &&
    (service.mode === 'absent' || service.source.kind === 'own') &&
    process.env[service.spec.port.variable] === undefined;
  return chosen.name !== 'remote' && plan.services.every(isOwn);
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
  const done = await suitesOn(record, options, { ...selection, models }, signal);
  if (signal.aborted && !done) throw signal.reason;
  const durationMs = Date.now() - startedAt;
  await keepContainerLogs(record);
  const end = { done, durationMs, journal: await readJournals([record]), edge: await readEdge(record) };
  const written = keepResults(results, { record }, end, { ...options, selection });
  const code = conclude(written, results, done, end.edge, { ...options, selection });
  if (signal.aborted) throw signal.reason;
  return code;
}

function select(options: E2eOptions, { settings }: RunSetup): SuiteSelection {
  const { suites, files, grep, require, collectOnly } = options;
  const models = forSuites(settings);
  const selection: SuiteSelection = { suites, files, grep, require, models, collectOnly };
  if (files && suites) throw gauntletError('GNT_USAGE', 'Test files cannot be combined with --suites.');
  checkSelection(selection);
  if (!options.lastFailed) return selection;
  if (grep || suites || files)
    throw gauntletError('GNT_USAGE', '--last-failed cannot be combined with --suites, --grep or test files.');
  const only = lastFailures(options.results);
  if (!only)
    throw gauntletError('GNT_USAGE', `--last-failed: there is no earlier run in ${options.results}.`);
  return { only, require, models, collectOnly };
}
