import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gauntletError } from '../../errors.ts';
import { untilAnswering } from '../answering.ts';
import {
  type Driver,
  mustBeHealthy,
  type Origin,
  type Prepared,
  type Progress,
  type StartedService,
  startedServices,
} from '../driver.ts';
import type { StackPlan } from '../plan-stack.ts';
import { runFolder } from '../run-folder.ts';
import { type ServiceSpec, variablePrefix } from '../service.ts';
import { DeadlinePassed, exitedService, lateService, lookCloser } from '../start-failure.ts';
import type { ExitEvent, Supervisor } from '../supervisor/client.ts';
import { toLaunch } from './launch.ts';
import { ollamaAbsence, ollamaProgram, ollamaVersion } from './ollama-program.ts';
import { type FindPython, overlayEnvironment, type Python, pythonEnvironment } from './python-environment.ts';
import { untilHealthy } from './readiness.ts';
import { packageVersion, pythonPackageVersion } from './versions.ts';

/** Why this machine cannot run a service without an engine; undefined when it can. */
export async function absenceOnHost(spec: ServiceSpec, python: FindPython): Promise<string | undefined> {
  const { binary, compiled, python: needsPython } = spec.process;
  if (binary && !onPath(binary))
    return compiled ? await ollamaAbsence(python) : `no \`${binary}\` program on PATH`;
  if (needsPython && !(await python())) return 'no Python 3.11 or 3.12 on PATH';
  return undefined;
}

/** The folder whose requirements.lock tells what a service needs of Python; that of a command is the user's. */
function pythonFolder(spec: ServiceSpec, source: StartedService['source']): string | undefined {
  if (source.kind === 'own') return spec.process.python;
  return source.kind === 'command' && source.python ? resolve(source.python) : undefined;
}

/** @throws GauntletError GNT_USAGE */
function checkPython({ name }: ServiceSpec, folder: string, python: Python | undefined): void {
  const lock = join(folder, 'requirements.lock');
  const problem = existsSync(lock) ? python || 'no Python 3.11 or 3.12 on PATH' : `there is no ${lock}`;
  if (typeof problem === 'string')
    throw gauntletError('GNT_USAGE', `${variablePrefix(name)}_PYTHON: ${problem}.`);
}

function onPath(binary: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => folder && existsSync(join(folder, binary)));
}

/** Brings a stack up as child processes of its supervisor. */
export function processDriver(findPython: FindPython): Driver {
  return {
    async prepare(plan, progress, signal): Promise<Prepared> {
      const origins: Record<string, Origin> = {};
      const binFolders = new Map<string, string>();
      await Promise.all(
        startedServices(plan).map(async ({ spec, source }) => {
          const folder = pythonFolder(spec, source);
          const python = folder ? await findPython() : undefined;
          if (folder && source.kind === 'command') checkPython(spec, folder, python);
          if (folder && python) {
            const version = source.kind === 'own' ? source.version : undefined;
            const wanted = { folder, python, ...(version ? { another: { ...spec.process, version } } : {}) };
            const tell = (line: string) => progress(spec.name, 'preparing', `Python environment · ${line}`);
            let isNew = false;
            const environment = await pythonEnvironment(
              wanted,
              (line) => {
                isNew = true;
                tell(line);
              },
              signal,
            );
            if (isNew) progress(spec.name, 'prepared', 'Python environment · made');
            binFolders.set(spec.name, join(environment, 'bin'));
            const installed =
              source.kind === 'own'
                ? await pythonPackageVersion(environment, spec.process.package ?? spec.name)
                : undefined;
            const from = source.kind === 'own' ? 'package' : 'binary';
            origins[spec.name] = { from, ...(installed ? { version: installed } : {}) };
          } else if (source.kind === 'own' && spec.process.binary) {
            const folder = await compiledProgram(spec, findPython, progress, signal);
            if (folder) binFolders.set(spec.name, folder);
            origins[spec.name] = folder ? { from: 'built', version: ollamaVersion } : { from: 'binary' };
          } else {
            const version = source.kind === 'own' ? packageVersion(spec.name) : undefined;
            origins[spec.name] = {
              from: source.kind === 'own' ? 'package' : 'binary',
              ...(version ? { version } : {}),
            };
          }
        }),
      );
      return {
        plan,
        origins,
        up: (supervisor, tell, upSignal) => up(plan, binFolders, supervisor, tell, upSignal),
      };
    },
  };
}

/** The folder of a program that is not on PATH. */
async function compiledProgram(
  { name, process: { binary, compiled } }: ServiceSpec,
  findPython: FindPython,
  progress: Progress,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!compiled || !binary || onPath(binary)) return undefined;
  let isNew = false;
  const tell = (line: string) => {
    isNew = true;
    progress(name, 'preparing', `compiled once · ${line}`);
  };
  const folder = await ollamaProgram(findPython, tell, signal);
  if (isNew) progress(name, 'prepared', 'compiled');
  return folder;
}

async function up(
  plan: StackPlan,
  binFolders: ReadonlyMap<string, string>,
  supervisor: Supervisor,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const services = startedServices(plan);
  const ready = new Set<string>();
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const readiness = new Map<string, Promise<void>>();

  supervisor.onExit((event) => {
    // Only the first end has a cause of its own; the others follow from it, or from the end of the run.
    if (stop.aborted) return;
    const name = event.service;
    const error = exitedService(
      plan.runId,
      name,
      how(event),
      !ready.has(name),
      lookCloser(plan.driver, name),
    );
    progress(name, 'failed', error.message);
    failed.abort(error);
  });

  const bringUp = async (service: StartedService): Promise<void> => {
    const { spec } = service;
    await Promise.all(mustBeHealthy(service).map((name) => readiness.get(name)));
    stop.throwIfAborted();
    const bins = await programs(plan, service, binFolders.get(spec.name));
    const launch = toLaunch(plan, service, bins);
    await supervisor.start(launch.order).catch((cause: Error) => {
      throw exitedService(plan.runId, spec.name, cause.message, true, lookCloser(plan.driver, spec.name));
    });
    let last = 'no check yet';
    const tell = (why: string) => {
      last = why;
      progress(spec.name, 'waiting', why);
    };
    tell('started');
    try {
      if (service.source.kind === 'command' && spec.healthPath) {
        await untilAnswering(spec, `http://127.0.0.1:${service.hostPort}`, tell, stop);
      } else {
        await untilHealthy(launch.healthcheck, launch.order.environment, launch.order.cwd, tell, stop);
      }
    } catch (error) {
      if (signal.reason instanceof DeadlinePassed) {
        progress(spec.name, 'failed', last);
        throw lateService(
          plan.runId,
          spec.name,
          signal.reason.afterMs,
          last,
          lookCloser(plan.driver, spec.name),
        );
      }
      throw failed.signal.aborted ? failed.signal.reason : error;
    }
    ready.add(spec.name);
    progress(spec.name, 'ready', '');
  };

  // Dependencies come first in the map because each waits for the promises already made.
  for (const service of byDependency(services)) readiness.set(service.spec.name, bringUp(service));
  const all = [...readiness.values()];
  for (const promise of all) promise.catch((error) => failed.abort(error));
  await Promise.all(all).catch(() => undefined);
  if (signal.aborted && !(signal.reason instanceof DeadlinePassed)) throw signal.reason;
  if (failed.signal.aborted) throw failed.signal.reason;
}

async function programs(
  plan: StackPlan,
  service: StartedService,
  bin: string | undefined,
): Promise<readonly string[]> {
  if (!bin) return [];
  if (!service.spec.process.writable) return [bin];
  const at = join(runFolder(plan.runId), 'python', service.spec.name);
  return [await overlayEnvironment(join(bin, '..'), at)];
}

function byDependency(services: readonly StartedService[]): readonly StartedService[] {
  const ordered: StartedService[] = [];
  const add = (service: StartedService, path: readonly string[]): void => {
    if (ordered.includes(service)) return;
    if (path.includes(service.spec.name)) {
      throw gauntletError(
        'GNT_COMPOSE_FILE',
        'compose.yaml',
        new Error(`${path.join(' → ')} depend on each other`),
      );
    }
    for (const name of mustBeHealthy(service)) {
      const dependency = services.find(({ spec }) => spec.name === name);
      if (dependency) add(dependency, [...path, service.spec.name]);
    }
    ordered.push(service);
  };
  for (const service of services) add(service, []);
  return ordered;
}

function how(event: ExitEvent): string {
  return event.signal ? `signal ${event.signal}` : `code ${event.code}`;
}
