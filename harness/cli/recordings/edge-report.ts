import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gauntletError } from '../../errors.ts';
import { redact, secretsOf } from '../../report/redact.ts';
import type { StackRecord } from '../../stack/run-folder.ts';
import type { SuiteSelection } from '../run-suites.ts';

const timeoutMs = 10_000;
const mostShown = 5;

interface Miss {
  readonly key: string;
  readonly scope: string;
  readonly method: string;
  readonly path: string;
  readonly reason: 'unknown' | 'exhausted' | 'outrun';
  readonly closest?: { readonly file: string; readonly diff: readonly string[] };
  readonly times: number;
}

/** What the recorder of a stack tells at the end (docs/recordings.md). */
export interface EdgeReport {
  readonly mode: string;
  readonly requests: number;
  readonly replayed: number;
  readonly upstream: number;
  readonly recorded: number;
  readonly misses: readonly Miss[];
  readonly failures: readonly { readonly code: string; readonly message: string; readonly scope: string }[];
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly leftovers: readonly { readonly file: string; readonly scope: string }[];
}

/** Asks the recorder what came to pass; `undefined` when the stack has none. Throws GNT_RECORDER_SILENT. */
export async function readEdge(record: StackRecord): Promise<EdgeReport | undefined> {
  const recorder = record.services.recorder;
  if (recorder?.state !== 'healthy' || !recorder.url) return undefined;
  return (await ask(`${recorder.url}/report`)) as EdgeReport;
}

/** Lets the recorder of a kept stack begin anew, so that each run has the recordings from their beginning. Throws GNT_RECORDER_SILENT. */
export async function rewindEdge(record: StackRecord): Promise<void> {
  const recorder = record.services.recorder;
  if (recorder?.state !== 'healthy' || !recorder.url) return;
  await ask(`${recorder.url}/rewind`, 'POST');
}

async function ask(url: string, method = 'GET'): Promise<unknown> {
  try {
    const response = await fetch(url, { method, signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return await response.json();
    throw new Error(`${response.status} ${await response.text()}`);
  } catch (cause) {
    throw gauntletError('GNT_RECORDER_SILENT', cause);
  }
}

/** Keeps the report beside the results, where pruning looks for it. */
export function writeEdge(
  folder: string,
  record: StackRecord,
  report: EdgeReport,
  selection: SuiteSelection,
): void {
  const text = `${JSON.stringify({ ran: ranOf(selection), ...report }, null, 2)}\n`;
  writeFileSync(join(folder, 'recordings.json'), redact(text, secretsOf(process.env, record.secrets)));
}

/** Which suites were run whole: what they left unused is used by nobody. */
function ranOf({ suites, files, grep, only }: SuiteSelection): 'all' | 'some' | readonly string[] {
  return [files, grep, only].some((part) => part !== undefined) ? 'some' : (suites ?? 'all');
}

/**
 * Prints what the edge has to say.
 *
 * @param options of the run that lead to its recordings
 * @returns whether the run holds: a miss or an answer that could not be recorded fails it, whatever a test made of that
 */
export function printEdge(report: EdgeReport, selection: SuiteSelection, options: string): boolean {
  const { mode, requests, replayed, upstream, recorded, misses, failures, leftovers, written, unchanged } =
    report;
  const kept = mode.startsWith('record')
    ? `, ${recorded} recorded (${written.length} files written, ${unchanged.length} unchanged)`
    : '';
  console.log(
    `\nrecordings: ${mode} · ${requests} requests, ${replayed} replayed, ${upstream} upstream${kept}`,
  );
  for (const line of misses.slice(0, mostShown).flatMap(linesOfMiss)) console.log(line);
  if (misses.length > mostShown) console.log(`  … and ${misses.length - mostShown} more misses`);
  for (const { code, message, scope } of failures.slice(0, mostShown))
    console.log(`  ✗ ${code}: ${message} (${scope})`);
  if (failures.length > mostShown) console.log(`  … and ${failures.length - mostShown} more failures`);
  if (misses.length > 0)
    console.log(`  record what is missing: npm run e2e -- --mode record-if-missing${options}`);
  const ran = ranOf(selection);
  const unused = leftovers.filter(({ scope }) => ran === 'all' || ran.includes(scope.split('/')[0] ?? ''));
  if (ran !== 'some' && unused.length > 0)
    console.log(`  ${unused.length} recordings were not used (npx gauntlet recordings prune lists them)`);
  return misses.length + failures.length === 0;
}

const reasons = {
  unknown: 'no recording answers it',
  exhausted: 'all recorded answers have been given',
  outrun: 'it went on where the recording ends',
} as const;

function linesOfMiss({ key, scope, method, path, reason, closest, times }: Miss): string[] {
  return [
    `  ✗ recording_missing: ${method} ${path} of ${scope}: ${reasons[reason]}${times > 1 ? ` (${times} ×)` : ''}`,
    `      key      ${key}`,
    ...(closest ? [`      closest  ${closest.file}`] : []),
    ...(closest?.diff ?? []).map((line) => `      ${line}`),
  ];
}
