import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { DriverName } from './replacement.ts';

export type ServiceState = 'healthy' | 'absent' | 'remote' | 'failed';

/** A service as `status`, the suites and summary.json see it. */
export interface ServiceRecord {
  readonly state: ServiceState;
  readonly reason?: string;
  readonly url?: string;
  readonly version?: string;
  readonly workers?: number;
  readonly readyMs?: number;
  readonly from?: 'pulled' | 'built' | 'package' | 'binary' | 'url';
}

/** State file of a stack. It holds credentials: readable by its owner only, never copied to results. */
export interface StackRecord {
  readonly runId: string;
  readonly driver: DriverName;
  readonly supervisor: string;
  readonly startedAt: string;
  readonly services: Readonly<Record<string, ServiceRecord>>;
  /** Links that the wire stands on; `url` is where clients find theirs. */
  readonly links?: readonly { readonly name: string; readonly url?: string }[];
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Folder that holds the folders of all runs of this user on this machine. */
function runsFolder(): string {
  return process.env.GAUNTLET_STATE_DIR ?? join(tmpdir(), `gauntlet-${userInfo().uid}`);
}

/** Private folder of one run: state file, supervisor socket, raw logs, data of services without containers. */
export function runFolder(runId: string): string {
  return join(runsFolder(), runId);
}

export function makeRunFolder(runId: string): string {
  const folder = runFolder(runId);
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o711 });
  return folder;
}

export function writeStackRecord(record: StackRecord): void {
  const path = join(runFolder(record.runId), 'stack.json');
  writeFileSync(`${path}.new`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The record of a run, or undefined when there is none (yet). */
export function readStackRecord(runId: string): StackRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(runFolder(runId), 'stack.json'), 'utf8')) as StackRecord;
  } catch {
    return undefined;
  }
}

/** Ids of all runs that have a folder. */
export function knownRuns(): readonly string[] {
  try {
    return readdirSync(runsFolder());
  } catch {
    return [];
  }
}
