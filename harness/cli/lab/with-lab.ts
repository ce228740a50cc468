import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { gauntletError } from '../../errors.ts';
import { type Subject, subjectOf } from '../../lab/hunting/subject.ts';
import { openLabStack } from '../../lab/lab-stack.ts';
import { LabResults } from '../../lab/results.ts';
import { Connections } from '../../lab/running/connections.ts';
import type { Lab } from '../../lab/running/run-plan.ts';
import { secretsOf } from '../../report/redact.ts';
import { makeResultsFolder } from '../../report/results-folder.ts';
import { readComposeFile } from '../../stack/compose-file.ts';
import { packageRoot } from '../../stack/process/launch.ts';
import { readStackRecord, type StackRecord } from '../../stack/run-folder.ts';
import { variablePrefix } from '../../stack/service.ts';
import type { Workload } from '../../workloads/workload.ts';
import { interruptSignal } from '../interrupts.ts';
import { keptRun } from '../kept-run.ts';
import { addStackOptions, type StackOptions, seconds } from '../options.ts';
import { planRun, startStack } from '../start-stack.ts';
import { type Beside, onOneWorkerStack } from './stack-beside.ts';

/** Options of the commands that run plans. */
export interface LabOptions extends StackOptions {
  readonly stack?: string;
  readonly subject?: string;
  readonly results: string;
  readonly timeout: number;
  readonly fresh?: true;
  readonly salt?: string;
  readonly json?: true;
}

/** Bound of one operation where nothing else is said, in seconds. */
export const defaultTimeout = 10;

export function addLabOptions(command: Command): Command {
  return addStackOptions(command)
    .option('--stack <run-id>', 'use a kept stack instead of starting one')
    .option('--subject <what>', 'URL, command or image to put in place of the workload’s service')
    .option('--results <dir>', 'where plans and histories go', 'results')
    .addOption(
      new Option('--timeout <seconds>', 'bound of one operation; what takes longer ends as unknown')
        .argParser(seconds)
        .default(defaultTimeout),
    )
    .option('--fresh', 'restart the subject before every plan, for state that cannot be made new per run')
    .option('--salt <text>', 'makes other names than a run before on the same store')
    .option('--json', 'print one JSON object');
}

/** A lab on a running stack. */
export interface OpenLab {
  readonly lab: Lab;
  readonly results: LabResults;
  readonly runId: string;
  readonly driver: string;
  readonly signal: AbortSignal;
  /** What can be done to the subject. */
  readonly subject: Subject;
  /** How its stack was started; undefined for a kept one. */
  readonly beside?: Beside;
  /** The variables of this process before any were set for the stack. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a lab for a workload on a kept stack or on one that it starts, runs `action`, and takes down what it started.
 * @param extra variables for the stack, such as replacements of services
 * @param links where the wire should stand on a stack of its own
 */
export async function withLab<T>(
  workload: Workload,
  options: LabOptions,
  extra: Readonly<Record<string, string>>,
  action: (open: OpenLab) => Promise<T>,
  links: readonly string[] = [],
): Promise<T> {
  const signal = interruptSignal();
  const about = { workload, options, signal, environment: { ...process.env } };
  if (options.stack !== undefined) {
    const record = readStackRecord(keptRun(options.stack)) as StackRecord;
    return onStack(withSubject(record, workload, options.subject), about, action);
  }
  Object.assign(process.env, extra, subjectVariables(workload.service, options.subject));
  const stackOptions = { ...options, profiles: options.profiles ?? profilesOf(workload.service) };
  const run = await planRun(stackOptions, links);
  const why = run.chosen.why ? ` (${run.chosen.why})` : '';
  console.log(`gauntlet lab · ${workload.name} · run ${run.plan.runId} · ${run.chosen.name}${why}`);
  const { supervisor, record, error } = await startStack(run, options.deadline, signal);
  try {
    if (error !== undefined) throw error;
    signal.throwIfAborted();
    const beside = { options: stackOptions, links, signal };
    return await onStack(record, { ...about, beside }, action);
  } finally {
    await supervisor.down();
  }
}

interface Calling {
  readonly workload: Workload;
  readonly options: LabOptions;
  readonly signal: AbortSignal;
  readonly environment: OpenLab['environment'];
  /** How a second stack is started. */
  readonly beside?: Beside;
}

type Use<T> = (lab: Lab, subject: Subject) => Promise<T>;

async function onStack<T>(
  record: StackRecord,
  { workload, options, signal, environment, beside }: Calling,
  action: (open: OpenLab) => Promise<T>,
): Promise<T> {
  const stack = await openLabStack(record);
  try {
    if (!stack.has(workload.service)) {
      const reason = record.services[workload.service]?.reason ?? 'it is not part of it';
      const needed = profilesOf(workload.service).join(',');
      throw gauntletError('GNT_WORKLOAD_SERVICE', workload.name, workload.service, reason, needed);
    }
    const unseen = stack.unseen[workload.service];
    if (unseen) console.log(`  no pinning to workers of ${workload.service}: ${unseen}`);
    else if ((stack.workers[workload.service] ?? 1) < 2) {
      console.log(`  ${workload.service} has one worker: only what concurrency alone shows can be found`);
    }
    const folder = makeResultsFolder(options.results, record.runId);
    const results = new LabResults(folder, secretsOf(process.env, record.secrets));
    const connections = new Connections(stack);
    const { salt } = options;
    const bound = { operationTimeoutMs: options.timeout * 1000, ...(salt === undefined ? {} : { salt }) };
    const lab: Lab = { stack, workload, connections, ...bound };
    const { runId, driver } = record;
    const subject = {
      ...subjectOf(lab),
      // The process driver starts services again with another number of workers.
      ...(beside && driver === 'compose'
        ? { withOneWorker: (use: Use<unknown>) => onOneWorkerStack(lab, beside, use) }
        : {}),
    } as Subject;
    try {
      const done = await action({
        ...{ lab, results, runId, driver, signal, subject, environment },
        ...(beside ? { beside } : {}),
      });
      signal.throwIfAborted();
      return done;
    } finally {
      connections.reset();
    }
  } finally {
    await stack.close();
  }
}

/** The profiles of compose.yaml that a service needs, `core` always. */
function profilesOf(service: string): readonly string[] {
  const file = process.env.GAUNTLET_COMPOSE_FILE ?? join(packageRoot, 'compose.yaml');
  const specs = readComposeFile(file, process.env);
  const spec = specs.find(({ name }) => name === service);
  if (!spec) throw gauntletError('GNT_UNKNOWN_SERVICE', service, specs.map(({ name }) => name).join(', '));
  return [...new Set(['core', ...spec.profiles])];
}

/** What `--subject` means: a URL, a command (it has spaces or is a file), else an image. */
function subjectVariables(service: string, subject: string | undefined): Record<string, string> {
  if (subject === undefined) return {};
  const kind = isUrl(subject) ? 'URL' : /\s/.test(subject) || existsSync(subject) ? 'COMMAND' : 'IMAGE';
  return { [`${variablePrefix(service)}_${kind}`]: subject };
}

function withSubject(record: StackRecord, { service }: Workload, subject: string | undefined): StackRecord {
  if (subject === undefined) return record;
  if (!isUrl(subject)) throw gauntletError('GNT_SUBJECT_KEPT', subject, service);
  return {
    ...record,
    services: { ...record.services, [service]: { state: 'remote', url: subject, from: 'url' } },
  };
}

const isUrl = (subject: string): boolean => /^https?:\/\//.test(subject);
