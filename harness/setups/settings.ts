import { providerNamed, scripted } from './catalogue.ts';
import {
  type Given,
  type ModelSettings,
  type ProviderOf,
  type Settled,
  settleModels,
} from './model-settings.ts';
import type { Provider } from './provider.ts';
import { type Route, routesOf } from './routes.ts';

/** Everything that a setup decides about a run. */
export interface Settings {
  readonly setup: Settled<string>;
  readonly models: ModelSettings;
  /** The first is the one behind agents and gateway; others serve single kinds of models at the gateway. */
  readonly routes: readonly [Route, ...Route[]];
}

/** What an ad-hoc stack names: a provider for each API; what it does not name is not tested. */
export interface AdHoc {
  readonly text: string;
  readonly providerOf: ProviderOf;
}

export interface SettingsRequest {
  readonly given: Given;
  /** Of `--stack-config api=provider,…`. */
  readonly adHoc?: AdHoc | undefined;
  /** Of the first named group of suites. */
  readonly groupSetup?: Settled<string> | undefined;
}

/** The variable that names a setup, for whoever gives no flag. */
export const setupVariable = 'GAUNTLET_SETUP';

/**
 * Settles the setup, its models and its providers: flags before `--env`, before the environment, before the setup.
 * Nothing has started yet.
 *
 * @throws GNT_PROVIDER_UNKNOWN, GNT_SETUP_VALUE, GNT_SETUP_MODEL, GNT_USAGE
 */
export function settleSettings({ given, adHoc, groupSetup }: SettingsRequest): Settings {
  const setup = settleSetup(given, adHoc, groupSetup);
  const providerOf = adHoc?.providerOf ?? everythingOf(providerNamed(setup.value, setup.from));
  const first = providerOf.text ?? Object.values(providerOf)[0] ?? providerNamed(scripted, 'default');
  const models = settleModels(given, providerOf, adHoc ? '--stack-config' : `setup ${setup.value}`);
  const [main = emptyRoute(first), ...rest] = routesOf(given, providerOf, models, first);
  return { setup, models, routes: [main, ...rest] };
}

function settleSetup(
  { flags, set, environment }: Given,
  adHoc: AdHoc | undefined,
  groupSetup: Settled<string> | undefined,
): Settled<string> {
  const flag = flags['--setup'];
  if (flag !== undefined) return { value: flag, from: '--setup' };
  if (adHoc) return { value: adHoc.text, from: '--stack-config' };
  const told = set[setupVariable] ?? environment[setupVariable];
  if (told) return { value: told, from: setupVariable };
  return groupSetup ?? { value: scripted, from: 'default' };
}

const everythingOf = (provider: Provider): ProviderOf => ({
  text: provider,
  vision: provider,
  embedding: provider,
  judge: provider,
  safety: provider,
});

const emptyRoute = (provider: Provider): Route => ({
  provider,
  baseUrl: { value: provider.baseUrl, from: 'default' },
  models: [],
});

/** Whether the answers come from the scripted provider alone. */
export function isScripted({ routes }: Settings): boolean {
  return routes.every(({ provider }) => provider.name === scripted);
}

/** What the suites are told of it: names and where they come from, no address and no key. */
export interface SuiteModels {
  readonly setup: string;
  /** The user named none: it is that of a group of suites, or the usual one. */
  readonly isUsual: boolean;
  readonly isScripted: boolean;
  readonly models: ModelSettings;
  /** Length of the vectors that the setup's embedding model makes when nobody asks for another one. */
  readonly ownDimension?: number;
}

export function forSuites(settings: Settings): SuiteModels {
  const { setup, models, routes } = settings;
  const [name] = models.embedding.value;
  const own = routes.find(({ provider }) => provider.embedding?.name === name)?.provider.embedding;
  return {
    setup: setup.value,
    isUsual: !['--setup', '--stack-config', setupVariable].includes(setup.from),
    isScripted: isScripted(settings),
    models,
    ...(own ? { ownDimension: own.dimension } : {}),
  };
}
