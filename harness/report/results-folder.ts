import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gauntletError } from '../errors.ts';
import { evidencePath } from '../smoke/providers/evidence.ts';
import { runFolder } from '../stack/run-folder.ts';
import { streamingOf } from '../streaming/results.ts';
import { keptFolder } from '../suite/kept-file.ts';
import { toCtrf } from './ctrf.ts';
import { toJunit } from './junit.ts';
import { isFailure } from './outcome.ts';
import { performanceOf } from './performance.ts';
import { redact, secretsOf } from './redact.ts';
import { type RunFacts, type Summary, summarise } from './summary.ts';

/** Makes `<root>/<runId>` before anything starts. Throws GNT_RESULTS_NOT_WRITABLE. */
export function makeResultsFolder(root: string, runId: string): string {
  const folder = join(root, runId);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    writeFileSync(join(folder, '.writable'), '');
    rmSync(join(folder, '.writable'));
    rmSync(join(root, 'latest'), { force: true });
    symlinkSync(runId, join(root, 'latest'));
  } catch (cause) {
    throw gauntletError('GNT_RESULTS_NOT_WRITABLE', resolve(root), cause);
  }
  return folder;
}

/** Writes everything a run leaves, with secrets redacted. The journal comes as text, or undefined when there is none. */
export function writeResults(folder: string, facts: RunFacts, journal: string | undefined): Summary {
  const { record, second } = facts;
  const secrets = secretsOf(process.env, [...record.secrets, ...(second?.secrets ?? [])]);
  const put = (path: string, text: string) => writeFileSync(join(folder, path), redact(text, secrets));
  const kept = [record, second].flatMap((each) => (each ? copyKept(each.runId, folder) : [])).sort();
  const summary = { ...summarise(facts), ...(kept.length > 0 ? { files: kept } : {}) };
  put('summary.json', `${JSON.stringify(summary, null, 2)}\n`);
  put('ctrf.json', `${JSON.stringify(toCtrf(facts), null, 2)}\n`);
  put('junit.xml', toJunit(facts));
  const performance = performanceOf(facts);
  if (performance) put('perf.json', `${JSON.stringify(performance, null, 2)}\n`);
  const streaming = streamingOf(facts);
  if (streaming) put('streaming.json', `${JSON.stringify(streaming, null, 2)}\n`);
  if (journal !== undefined) put('journal.jsonl', journal);
  const evidence = facts.outcomes.flatMap((outcome) => outcome.evidence ?? []);
  // A kept stack writes to the same folder again.
  rmSync(join(folder, 'evidence'), { recursive: true, force: true });
  if (evidence.length > 0) mkdirSync(join(folder, 'evidence'), { recursive: true });
  for (const each of evidence) put(evidencePath(each), `${JSON.stringify(each, null, 2)}\n`);
  for (const [place, each] of [['logs', record] as const, ['logs/second', second] as const]) {
    if (!each) continue;
    mkdirSync(join(folder, place), { recursive: true });
    for (const [name, text] of rawLogs(each.runId)) put(join(place, name), text);
  }
  return summary;
}

/** Copies what the suites left for the results; gives the paths in there. */
function copyKept(runId: string, folder: string): readonly string[] {
  const from = join(runFolder(runId), keptFolder);
  if (!existsSync(from)) return [];
  cpSync(from, folder, { recursive: true });
  const entries = readdirSync(from, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)));
}

function rawLogs(runId: string): readonly (readonly [string, string])[] {
  const logs = join(runFolder(runId), 'logs');
  try {
    return readdirSync(logs).map((name) => [name, readFileSync(join(logs, name), 'utf8')] as const);
  } catch {
    return [];
  }
}

interface LastRun {
  readonly failed: readonly { readonly file: string; readonly test: string }[];
}

/** Remembers what failed, for `--last-failed`. */
export function rememberFailures(root: string, facts: RunFacts): void {
  const failed = facts.outcomes.filter(isFailure).map(({ file, name }) => ({ file, test: name }));
  writeFileSync(join(root, 'last-run.json'), JSON.stringify({ failed } satisfies LastRun));
}

/** What failed in the last run in this results folder; undefined when there was none. */
export function lastFailures(root: string): LastRun['failed'] | undefined {
  try {
    return (JSON.parse(readFileSync(join(root, 'last-run.json'), 'utf8')) as LastRun).failed;
  } catch {
    return undefined;
  }
}
