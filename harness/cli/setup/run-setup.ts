import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gauntletError } from '../../errors.ts';
import { makeLitellmFolder } from '../../setups/litellm-config.ts';
import { modelsOfRoute } from '../../setups/litellm-models.ts';
import { forSuites, isScripted, type Settings, settleSettings } from '../../setups/settings.ts';
import { namedStacks, parseStackConfig, type StackConfig } from '../../setups/stack-config.ts';
import { stackVariables } from '../../setups/stack-variables.ts';
import { setupOfSuites } from '../../setups/suite-groups.ts';
import type { StackPlan, StackSetup } from '../../stack/plan-stack.ts';
import { packageRoot } from '../../stack/process/launch.ts';
import type { DriverName } from '../../stack/replacement.ts';
import { variablePrefix } from '../../stack/service.ts';
import type { StackOptions } from '../options.ts';
import { givenBy, type SetupOptions } from './setup-options.ts';

/** Setup, models and stack of one run, settled before anything starts. */
export interface RunSetup {
  readonly settings: Settings;
  readonly config: StackConfig | undefined;
  /** Tells stacks apart that a `server:` may be: what they consist of and what they stand on. */
  readonly identity: () => string;
  readonly forStack: (driver: DriverName) => StackSetup;
}

/** Variables of a stack that tell what it was brought up with; kept in its state file. */
export const setupRecord = { models: 'GAUNTLET_MODELS', identity: 'GAUNTLET_IDENTITY' } as const;

type Options = StackOptions & SetupOptions;

/**
 * Settles `--setup`, `--stack-config`, the models and `--env`.
 *
 * @param suites names that `--suites` gave
 * @returns the setup, and the options of the stack as they follow from it
 * @throws GNT_USAGE, GNT_STACK_CONFIG and what `settleSettings` throws; a key that is missing only when a stack is planned
 */
export function settleRun<Given extends Options>(
  options: Given,
  suites: readonly string[] = [],
): { readonly setup: RunSetup; readonly options: Given } {
  const config = options.stackConfig === undefined ? undefined : parseStackConfig(options.stackConfig);
  if (config?.kind === 'ad-hoc' && options.setup !== undefined)
    throw gauntletError('GNT_USAGE', '--setup and the providers of --stack-config exclude each other.');
  const given = givenBy(options, process.env);
  const adHoc = config?.kind === 'ad-hoc' ? config : undefined;
  const settings = settleSettings({ given, adHoc, groupSetup: setupOfSuites(suites) });
  const serviceEnvironment = options.env ?? {};
  const ownVariables = () =>
    config?.kind === 'url' ? noVariables : stackVariables(settings, given, options.mode === 'replay');
  const identity = () => identityOf(config, settings, { ...serviceEnvironment, ...ownVariables().variables });
  // Tests, reports and everything that reads the environment find here what the flag sets.
  Object.assign(process.env, serviceEnvironment);
  const forStack = (driver: DriverName): StackSetup => {
    const { variables, secrets } = ownVariables();
    const record = {
      [setupRecord.models]: JSON.stringify(forSuites(settings)),
      [setupRecord.identity]: identity(),
    };
    return {
      variables: {
        ...variables,
        ...litellmVariables(settings, driver, options.mode !== undefined),
        ...record,
      },
      secrets,
      serviceEnvironment,
    };
  };
  return { setup: { settings, config, identity, forStack }, options: withConfig(options, config, settings) };
}

const noVariables = { variables: {}, secrets: [] };

function identityOf(config: StackConfig | undefined, settings: Settings, variables: object): string {
  const name = config?.kind === 'server' ? config.name : '';
  const text = JSON.stringify([name, settings.setup.value, variables]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** LiteLLM gets a configuration with the models of the setup, unless the user named one. */
function litellmVariables(
  settings: Settings,
  driver: DriverName,
  isRecorded: boolean,
): Record<string, string> {
  if (isScripted(settings) || process.env.LITELLM_CONFIG || driver === 'remote') return {};
  const [main] = settings.routes;
  const models = modelsOfRoute(main, settings.models.embedding.value, isRecorded);
  const folder = makeLitellmFolder(join(packageRoot, 'stubs/hooks'), models);
  return driver === 'compose'
    ? { SETUP_LITELLM_FOLDER: folder }
    : { LITELLM_CONFIG: join(folder, 'config.yaml') };
}

/** The options of the stack that `--stack-config` and the services of the setup's providers mean. */
function withConfig<Given extends Options>(
  options: Given,
  config: StackConfig | undefined,
  settings: Settings,
): Given {
  if (config?.kind === 'url') {
    if (options.driver && options.driver !== 'remote')
      throw gauntletError('GNT_USAGE', `--stack-config URL starts nothing; --driver ${options.driver} does.`);
    process.env.GATEWAY_URL = config.url;
    return { ...options, driver: 'remote' };
  }
  if (config?.kind === 'compose-file') process.env.GAUNTLET_COMPOSE_FILE = config.path;
  if (config?.kind === 'server') process.env.GATEWAY_PORT = String(config.port);
  const named = config && 'name' in config ? namedStacks[config.name] : undefined;
  if (named && options.profiles)
    throw gauntletError('GNT_USAGE', '--stack-config NAME and --profiles exclude each other.');
  const profiles = options.profiles ?? named ?? (config?.kind === 'ad-hoc' ? ['core'] : undefined);
  if (!profiles || isScripted(settings)) return profiles ? { ...options, profiles } : options;
  const needed = settings.routes.flatMap(({ provider: { service } }) => (service ? [service.profile] : []));
  return { ...options, profiles: [...new Set([...profiles, ...needed])] };
}

/** Throws GNT_SETUP_SERVICE for a provider that is a service of the stack and absent from it; in replay it has to be. */
export function checkServices(settings: Settings, plan: StackPlan): void {
  const isReplayed = plan.variables.RECORDER_MODE === 'replay';
  if (isScripted(settings) || isReplayed || plan.driver === 'remote') return;
  for (const { provider } of settings.routes) {
    const { service } = provider;
    const found = service && plan.services.find(({ spec }) => spec.name === service.name);
    if (found?.mode !== 'absent') continue;
    const prefix = variablePrefix(found.spec.name);
    throw gauntletError('GNT_SETUP_SERVICE', provider.name, found.spec.name, found.reason, prefix);
  }
}
