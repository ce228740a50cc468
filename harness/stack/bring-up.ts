import type { Driver, Origin, Prepared, Progress } from './driver.ts';
import { ownerName } from './owner.ts';
import type { StackPlan } from './plan-stack.ts';
import type { PlannedService } from './planned-service.ts';
import { untilRemoteHealthy } from './remote-health.ts';
import { makeRunFolder, type ServiceRecord, type StackRecord, writeStackRecord } from './run-folder.ts';
import { schemeOf } from './service.ts';
import { DeadlinePassed } from './start-failure.ts';
import { type Supervisor, startSupervisor } from './supervisor/client.ts';
import { supervisorVariable } from './sweep.ts';

/** What came of `bringUp`, of failed starts as well. */
export interface Attempt {
  /** The record as far as it got; every service that did not get ready is `failed`. */
  readonly record: StackRecord;
  readonly supervisor: Supervisor;
  readonly error?: unknown;
}

/**
 * Prepares and starts a stack. The supervisor exists before the first process, so that an end of this process at any
 * moment removes everything.
 *
 * @param deadlineMs for everything from the first start to the last service ready
 */
export async function bringUp(
  plan: StackPlan,
  driver: Driver,
  deadlineMs: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<Attempt> {
  const readyMs = new Map<string, number>();
  let startedAt = Date.now();
  const watch: Progress = (service, state, detail) => {
    if (state === 'ready' && !readyMs.has(service)) readyMs.set(service, Date.now() - startedAt);
    progress(
      service,
      state,
      state === 'ready' ? `${((readyMs.get(service) ?? 0) / 1000).toFixed(1)} s` : told(state, detail),
    );
  };

  makeRunFolder(plan.runId);
  // Everything this process starts from now on carries the run's name, and is ended with it.
  process.env.GAUNTLET_RUN = plan.runId;
  const supervisor = await startSupervisor(plan.runId, plan.driver === 'compose');
  const owner = ownerName(supervisor.pid ?? 0);
  process.env[supervisorVariable] = owner;
  let prepared: Prepared | undefined;
  const record = (): StackRecord => ({
    runId: plan.runId,
    driver: plan.driver,
    supervisor: owner,
    startedAt: new Date(startedAt).toISOString(),
    services: Object.fromEntries(
      plan.services.map((service) => [
        service.spec.name,
        serviceRecord(service, readyMs.get(service.spec.name), prepared?.origins[service.spec.name]),
      ]),
    ),
    links: plan.links.map(({ name, from, hostPort }) =>
      from === 'client' ? { name, url: `http://127.0.0.1:${hostPort}` } : { name },
    ),
    variables: prepared?.plan.variables ?? plan.variables,
    secrets: plan.secrets,
  });
  writeStackRecord(record());

  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    const { up } = await driver.prepare(plan, watch, signal).then((done) => {
      prepared = done;
      return done;
    });
    startedAt = Date.now();
    timer = setTimeout(() => deadline.abort(new DeadlinePassed(deadlineMs)), deadlineMs);
    const stop = AbortSignal.any([signal, deadline.signal]);
    await Promise.all([
      up(supervisor, watch, stop),
      ...plan.services.map((service) =>
        service.mode === 'remote' ? untilRemoteHealthy(service.spec, service.url, watch, stop) : undefined,
      ),
    ]);
    return { record: record(), supervisor };
  } catch (error) {
    return { record: record(), supervisor, error };
  } finally {
    clearTimeout(timer);
    writeStackRecord(record());
  }
}

/** Room that a line of progress needs for the mark, the name and the time of a service. */
const besidesDetailColumns = 36;
const usualColumns = 120;

/** What a service is at, cut to a line of the terminal: some programs tell all they do in one. Failures stay whole. */
export function told(
  state: Parameters<Progress>[1],
  detail: string,
  columns = process.stdout.columns ?? usualColumns,
): string {
  if (state === 'failed') return detail;
  const line = detail.replace(/\s+/g, ' ').trim();
  const room = Math.max(columns - besidesDetailColumns, 20);
  return line.length > room ? `${line.slice(0, room - 1)}…` : line;
}

function serviceRecord(
  service: PlannedService,
  readyMs: number | undefined,
  origin: Origin | undefined,
): ServiceRecord {
  const { spec } = service;
  if (service.mode === 'absent') return { state: 'absent', reason: service.reason };
  if (service.mode === 'remote') return { state: 'remote', url: service.url, from: 'url' };
  const workers = Number(spec.environment.WORKERS ?? spec.environment.UVICORN_WORKERS ?? 1);
  return {
    state: readyMs === undefined ? 'failed' : 'healthy',
    url: `${schemeOf(spec.name)}://127.0.0.1:${service.hostPort}`,
    workers,
    ...(readyMs === undefined ? {} : { readyMs }),
    ...origin,
  };
}
