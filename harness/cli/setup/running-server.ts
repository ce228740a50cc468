import { once } from 'node:events';
import { createServer } from 'node:net';
import { gauntletError } from '../../errors.ts';
import { forSuites, type SuiteModels } from '../../setups/settings.ts';
import { readStackRecord, type StackRecord } from '../../stack/run-folder.ts';
import { runningRuns } from '../kept-run.ts';
import { type RunSetup, setupRecord } from './run-setup.ts';

const healthWithinMs = 5_000;

/**
 * The kept stack that `--stack-config server:NAME:PORT` means, if it runs: its gateway has that port and answers there, and
 * it consists of and stands on the same things. Undefined when the port is free.
 *
 * @throws GNT_STACK_TAKEN when anything else listens there
 */
export async function runningServer({ config, identity }: RunSetup): Promise<string | undefined> {
  if (config?.kind !== 'server') return undefined;
  const { port } = config;
  if (await isFree(port)) return undefined;
  const url = `http://127.0.0.1:${port}`;
  const record = runningRuns()
    .flatMap((runId) => readStackRecord(runId) ?? [])
    .find(({ services }) => services.gateway?.url === url);
  if (!record) throw gauntletError('GNT_STACK_TAKEN', port, 'a process that is no stack of gauntlet');
  if (record.variables[setupRecord.identity] !== identity()) {
    const other = `the stack ${record.runId}, which has other parts or stands on another provider`;
    throw gauntletError('GNT_STACK_TAKEN', port, other);
  }
  const fault = await faultOf(url);
  if (fault)
    throw gauntletError('GNT_STACK_TAKEN', port, `the stack ${record.runId}, whose gateway ${fault}`);
  return record.runId;
}

/** Not `get-port`: a port that it has called free is not free to it for a while. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function faultOf(url: string): Promise<string | undefined> {
  try {
    const { status } = await fetch(`${url}/health`, { signal: AbortSignal.timeout(healthWithinMs) });
    return status === 200 ? undefined : `answers /health with ${status}`;
  } catch (error) {
    return `does not answer /health (${(error as Error).name})`;
  }
}

/**
 * Models for the suites on a kept stack: those that it was brought up with, unless flags name others of the same setup.
 *
 * @throws GNT_SETUP_KEPT when the flags ask for another setup
 */
export function modelsOnKept({ runId, variables }: StackRecord, { settings }: RunSetup): SuiteModels {
  const asked = forSuites(settings);
  const text = variables[setupRecord.models];
  // Stacks for hunts, and those of earlier releases, stand on the scripted provider.
  if (text === undefined) return asked;
  const own = JSON.parse(text) as SuiteModels;
  if (asked.setup !== own.setup && !asked.isUsual)
    throw gauntletError('GNT_SETUP_KEPT', runId, `the setup ${own.setup}`, settings.setup.from);
  // It serves what it always serves; others serve the models that they were brought up with.
  if (own.isScripted) return { ...asked, setup: own.setup, isScripted: true };
  const models = Object.fromEntries(
    Object.entries(asked.models).map(([kind, settled]) => [
      kind,
      settled.from.startsWith('-') ? settled : own.models[kind as keyof SuiteModels['models']],
    ]),
  );
  return { ...own, models: models as unknown as SuiteModels['models'] };
}
