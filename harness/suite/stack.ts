import { readFileSync } from 'node:fs';
import type { DriverName } from '../stack/replacement.ts';
import type { ServiceRecord, StackRecord } from '../stack/run-folder.ts';
import { skip } from './skip.ts';

/** What a suite may know of a service: where it is and how many workers answer there. */
export interface SuiteService {
  readonly name: string;
  readonly url: string;
  readonly workers: number;
  readonly remote: boolean;
  /** As the stack found it out. */
  readonly version?: string;
  /** Made by this package; false for one that the user put in its place by URL, image or command. */
  readonly ours: boolean;
}

let record: StackRecord | undefined;

/** For what works on stacks of all kinds; a suite asks for what it needs below. */
export function stackRecord(): StackRecord {
  const path = process.env.GAUNTLET_STACK;
  if (!path) throw new Error('GAUNTLET_STACK is not set: run the suites with `npm run e2e`');
  record ??= JSON.parse(readFileSync(path, 'utf8')) as StackRecord;
  return record;
}

/** The driver that brought the stack up. */
export function driver(): DriverName {
  return stackRecord().driver;
}

/** Id of the run, for names that must not meet those of another run on a shared service. */
export function runId(): string {
  return stackRecord().runId;
}

/** The seed of the run; every random choice of a suite comes from it. */
export function seed(): number {
  return Number(process.env.GAUNTLET_SEED ?? 0);
}

/** A service of the stack; a test that needs an absent one is skipped with the reason of its absence. */
export function service(name: string): SuiteService {
  const found = optionalService(name);
  if (found) return found;
  const entry: ServiceRecord | undefined = stackRecord().services[name];
  return skip(`${name}: ${entry?.reason ?? 'not part of this stack'}`);
}

/** The same, or undefined when the stack has none. */
export function optionalService(name: string): SuiteService | undefined {
  const entry = behindRecorder(name) ?? stackRecord().services[name];
  if (!entry?.url || (entry.state !== 'healthy' && entry.state !== 'remote')) return undefined;
  return {
    name,
    url: entry.url,
    workers: entry.workers ?? 1,
    remote: entry.state === 'remote',
    ...(entry.version === undefined ? {} : { version: entry.version }),
    ours: entry.from === 'package' || entry.from === 'built',
  };
}

/** Who asks a model server by itself is recorded and replayed like everybody else: it is found behind the recorder. */
function behindRecorder(name: string): ServiceRecord | undefined {
  const { services, variables } = stackRecord();
  const { recorder } = services;
  if (name !== 'ollama' || variables.RECORDER_MODE === 'live' || recorder?.state !== 'healthy')
    return undefined;
  const isThere = services[name]?.state === 'healthy' || isReplayed();
  return isThere ? { ...recorder, url: `${recorder.url}/up/${name}`, workers: 1 } : undefined;
}

/** Where a service itself listens, for whoever records by other means. */
export function directUrl(name: string): string | undefined {
  const entry = stackRecord().services[name];
  return entry?.state === 'healthy' ? entry.url : undefined;
}

/** Whether answers of models come from recordings: what makes models is not there, and not missed. */
export function isReplayed(): boolean {
  return stackRecord().variables.RECORDER_MODE === 'replay';
}

/** Values that the run gave to the variables of compose.yaml, credentials among them. */
export function stackVariables(): Readonly<Record<string, string>> {
  return stackRecord().variables;
}

/** A credential or setting of the run by its name in compose.yaml, such as LITELLM_MASTER_KEY. */
export function setting(name: string): string {
  return stackRecord().variables[name] ?? process.env[name] ?? skip(`${name} is not set`, 'missing_env');
}
