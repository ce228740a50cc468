import { gauntletError } from '../../errors.ts';
import { namedTargets } from '../target.ts';
import { findProvider, providerNames, type SmokeProvider, smokeProviders } from './catalogue.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const defaultTimeoutSeconds = 45;

/** What the environment says about the smoke. */
export interface SmokeSettings {
  /** Real providers instead of servers that speak like them. */
  readonly live: boolean;
  /** Providers that have to be there; undefined for those that are. */
  readonly named: ReadonlySet<string> | undefined;
  /** Of each request. */
  readonly timeoutMs: number;
}

/**
 * Reads E2E_LIVE, E2E_TARGETS, E2E_PROVIDERS, E2E_MODEL_… and E2E_TIMEOUT_S.
 *
 * @throws GNT_USAGE that names the variable and what is valid
 */
export function readSmokeSettings(environment: Environment): SmokeSettings {
  const { E2E_LIVE: live = '', E2E_TIMEOUT_S: timeout = '' } = environment;
  if (!['', '0', '1'].includes(live)) throw usage('E2E_LIVE is 1 or not set.');
  namedTargets(environment);
  const named = environment.E2E_PROVIDERS?.trim() ? listed(environment.E2E_PROVIDERS) : undefined;
  if (named && live !== '1')
    throw usage('E2E_PROVIDERS names providers that have to answer themselves: it needs E2E_LIVE=1.');
  for (const provider of smokeProviders) modelOf(provider, environment);
  for (const name of Object.keys(environment)) {
    const suffix = /^E2E_MODEL_(.+)$/.exec(name)?.[1];
    if (suffix !== undefined && !providerNames.includes(suffix.toLowerCase()))
      throw usage(`${name} is for no provider; providers: ${providerNames.join(', ')}.`);
  }
  const seconds = timeout === '' ? defaultTimeoutSeconds : Number(timeout);
  if (!(seconds > 0 && seconds <= 600)) throw usage('E2E_TIMEOUT_S is a number of seconds, up to 600.');
  return { live: live === '1', named, timeoutMs: seconds * 1000 };
}

function listed(text: string): ReadonlySet<string> {
  const found = text.split(',').map((word) => {
    const provider = findProvider(word.trim());
    if (provider) return provider.name;
    throw usage(`E2E_PROVIDERS: "${word.trim()}" is no provider; providers: ${providerNames.join(', ')}.`);
  });
  return new Set(found);
}

/** Providers whose models are named after whoever made them: any word before the slash is one of those. */
const namesOwners: readonly string[] = ['openrouter', 'groq', 'together', 'vllm', 'lmstudio'];

/**
 * The model that is smoked: `E2E_MODEL_<PROVIDER>`, else the cheapest of the catalogue. It may be bare, `owner/name`, or
 * carry the provider's own name before it. The name of another provider is a mistake, unless models have owners there.
 *
 * @throws GNT_USAGE
 */
export function modelOf({ name, text }: SmokeProvider, environment: Environment): string | undefined {
  const variable = `E2E_MODEL_${name.toUpperCase()}`;
  const given = environment[variable];
  if (given === undefined) return text;
  const wanted = given.trim();
  if (!/^(?:[^\s/]+\/)*[^\s/]+$/.test(wanted)) throw usage(`${variable} names no model.`);
  const slash = wanted.indexOf('/');
  const [prefix, rest] = [wanted.slice(0, Math.max(0, slash)), wanted.slice(slash + 1)];
  // `openrouter/auto` is a model of its own: what is left behind the name has to have an owner there.
  if (prefix === name && (name !== 'openrouter' || rest.includes('/'))) return rest;
  if (prefix !== name && findProvider(prefix) && !namesOwners.includes(name))
    throw usage(`${variable} names a model of ${prefix}; leave the prefix out, or begin with ${name}/.`);
  return wanted;
}

const usage = (sentence: string) => gauntletError('GNT_USAGE', sentence);
