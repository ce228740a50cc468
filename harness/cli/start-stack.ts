import { join } from 'node:path';
import { gauntletError } from '../errors.ts';
import { type Attempt, bringUp } from '../stack/bring-up.ts';
import type { Driver } from '../stack/driver.ts';
import { planStack, type StackPlan } from '../stack/plan-stack.ts';
import { packageRoot } from '../stack/process/launch.ts';
import { absenceOnHost, processDriver } from '../stack/process/process-driver.ts';
import { type FindPython, findPython } from '../stack/process/python-environment.ts';
import type { Recording } from '../stack/recorder-edge.ts';
import { remoteDriver } from '../stack/remote-driver.ts';
import { schemeOf } from '../stack/service.ts';
import { sweep } from '../stack/sweep.ts';
import { type ChosenDriver, chooseDriver } from './choose-driver.ts';
import { recordingsOf, type StackOptions, workersOf } from './options.ts';
import { watchServices } from './progress.ts';
import { checkServices, type RunSetup } from './setup/run-setup.ts';

/** A planned stack, not started yet. */
export interface PlannedRun {
  readonly plan: StackPlan;
  readonly driver: Driver;
  readonly chosen: ChosenDriver;
}

/**
 * Decides everything about a stack. Throws usage and configuration errors before anything has started.
 * @param welcomeLinks links for the wire that are used where the stack has them
 * @param setup what `--setup` and its relatives settled, or variables alone; without it the stack stands on the scripted
 * provider
 */
export async function planRun(
  options: StackOptions,
  welcomeLinks: readonly string[] = [],
  setup?: Pick<RunSetup, 'forStack'> & Partial<Pick<RunSetup, 'settings'>>,
): Promise<PlannedRun> {
  const workers = workersOf(options.workers);
  const chosen = await chooseDriver(options.driver);
  let found: ReturnType<FindPython> | undefined;
  const python: FindPython = () => (found ??= findPython());
  const plan = await planStack({
    driver: chosen.name,
    composeFile: process.env.GAUNTLET_COMPOSE_FILE ?? join(packageRoot, 'compose.yaml'),
    profiles: options.profiles,
    workers,
    environment: process.env,
    links: { named: options.wire ?? [], welcome: welcomeLinks },
    setup: setup?.forStack(chosen.name),
    recording: recordingOf(options, setup?.settings),
    absence: (spec) => (chosen.name === 'process' ? absenceOnHost(spec, python) : undefined),
  });
  if (chosen.name === 'remote' && plan.services.every(({ mode }) => mode === 'absent'))
    throw gauntletError('GNT_REMOTE_EMPTY');
  if (setup?.settings) checkServices(setup.settings, plan);
  const made: Record<ChosenDriver['name'], () => Driver | Promise<Driver>> = {
    // Loaded when it is needed: testcontainers takes longer to load than the rest together.
    compose: async () => (await import('../stack/compose/compose-driver.ts')).composeDriver,
    process: () => processDriver(python),
    remote: () => remoteDriver,
  };
  return { plan, chosen, driver: await made[chosen.name]() };
}

/** The recorder, if there is to be one, stands before the providers of the setup too. */
function recordingOf(
  { mode, recordings }: StackOptions,
  settings: RunSetup['settings'] | undefined,
): Recording | undefined {
  if (mode === undefined) return undefined;
  const folder = recordings ?? recordingsOf(settings?.setup.value);
  const apart = settings?.routes.filter(({ provider }) => provider.service === undefined) ?? [];
  const upstreams = apart.map(({ provider, baseUrl }) => [provider.name, baseUrl.value] as const);
  return { mode, folder, upstreams: Object.fromEntries(upstreams) };
}

/** Sweeps, prepares and starts, showing each service as it comes up. */
export async function startStack(
  run: PlannedRun,
  deadlineSeconds: number,
  signal: AbortSignal,
): Promise<Attempt> {
  const swept = await sweep(run.chosen.engine);
  if (swept.length > 0) console.log(`  removed what crashed runs had left: ${swept.join(', ')}`);
  const services = run.plan.services.filter(({ mode }) => mode !== 'absent');
  for (const [reason, names] of absencesOf(run.plan))
    console.log(`  - absent (${reason}): ${names.join(', ')}`);
  const describe = (name: string) => {
    const found = services.find(({ spec }) => spec.name === name);
    if (!found) return '';
    if (found.mode === 'remote') return `${found.url}  `;
    const { WORKERS, UVICORN_WORKERS } = found.spec.environment;
    const workers = WORKERS ?? UVICORN_WORKERS;
    const address = `${schemeOf(name)}://127.0.0.1:${found.mode === 'start' ? found.hostPort : ''}`;
    return `${(workers ? `${workers} workers` : '').padEnd(11)} ${address.padEnd(26)} `;
  };
  const view = watchServices(
    services.map(({ spec }) => spec.name),
    describe,
  );
  try {
    return await bringUp(run.plan, run.driver, deadlineSeconds * 1000, view.progress, signal);
  } finally {
    await view.done();
  }
}

/** Names of what is not started, by the reason. */
function absencesOf({ services }: StackPlan): ReadonlyMap<string, readonly string[]> {
  const absent = services.filter((service) => service.mode === 'absent');
  const byReason = Map.groupBy(absent, ({ reason }) => reason);
  return new Map([...byReason].map(([reason, group]) => [reason, group.map(({ spec }) => spec.name)]));
}
