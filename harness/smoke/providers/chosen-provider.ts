import {
  type Access,
  type AuthMode,
  accessOf,
  modesOf,
  type SmokeProvider,
  smokeProviders,
} from './catalogue.ts';
import { modelOf, readSmokeSettings } from './smoke-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A provider as a run asks it: itself, or the server of the stack that speaks like it. */
export interface ChosenProvider {
  readonly name: string;
  readonly model: string;
  readonly isLive: boolean;
  /** A server of the stack that only speaks like it: it says what the scripted provider says, which keeps a journal. */
  readonly isDouble: boolean;
  /** The user named it: what it lacks is a failure. */
  readonly isNamed: boolean;
  /** The ways to ask it for which there is a key; the first is the gateway's. */
  readonly accesses: readonly [KeyedAccess, ...KeyedAccess[]];
}

/** A way to ask, and the key for it: empty where none is asked for. */
export interface KeyedAccess extends Access {
  readonly key: string;
}

/** Why a provider is not asked, and whether the user wanted it to be. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
  readonly isNamed: boolean;
}

/** Key that the double of a provider takes, and no other. */
const doubleKey = (name: string): string => `double-key-of-${name}`;

/** A model of the doubles that have none of a name. */
const doubleModel = 'double-model';

/** Its id among the models of the gateway, whichever model that is at the provider. */
export const gatewayModel = (name: string): string => `smoke-${name}`;

/**
 * Decides for a provider whom to ask. Throws GNT_USAGE.
 *
 * @param doublesUrl where the stack's doubles are
 */
export function chooseProvider(
  provider: SmokeProvider,
  environment: Environment,
  doublesUrl: string,
): ChosenProvider | LeftOut {
  const { name, variables } = provider;
  const { live, named } = readSmokeSettings(environment);
  const model = modelOf(provider, environment);
  const isNamed = named?.has(name) ?? false;
  const about = { name, isLive: live, isNamed };
  if (!live) {
    const there = provider.service ? provider : atDouble(provider, doublesUrl);
    return {
      ...about,
      isDouble: there !== provider,
      model: model ?? doubleModel,
      accesses: keyed(there, () => doubleKey(name)),
    };
  }
  const leave = (reason: string): LeftOut => ({ name, reason, isNamed });
  if (named && !isNamed) return leave(`E2E_PROVIDERS does not name ${name}`);
  const url = (variables.url && environment[variables.url]?.trim().replace(/\/+$/, '')) || undefined;
  if (!variables.keyRequired && !url) return leave(`${variables.url} is not set`);
  if (url && !/^https?:\/\/./.test(url)) return leave(`${variables.url} is no http(s) address`);
  if (url && !URL.canParse(url)) return leave(`${variables.url} is no address`);
  if (!model) return leave(`E2E_MODEL_${name.toUpperCase()} is not set, and ${name} has no model of its own`);
  const keyFor = (auth: AuthMode) => {
    const wanted = variables.keys.filter((key) => auth === 'oauth-token' || !key.endsWith('AUTH_TOKEN'));
    const candidates = auth === 'oauth-token' ? wanted.filter((key) => key.endsWith('AUTH_TOKEN')) : wanted;
    return candidates.map((key) => environment[key]?.trim()).find(Boolean);
  };
  // A line break would end up as a header of its own, or in a message far from here that quotes the key.
  const torn = variables.keys.find((key) => /[\r\n]/.test(environment[key]?.trim() ?? ''));
  if (torn) return leave(`${torn} has a line break in it`);
  // A key for another address is not one for the provider's own API.
  const isMoved = url !== undefined && url !== provider.baseUrl;
  const usable = provider.auth.filter(
    (auth) =>
      (auth === 'none' || keyFor(auth) !== undefined) && (!isMoved || auth === 'none' || auth === 'bearer'),
  );
  const [first, ...rest] = usable;
  if (!first) return leave(`${variables.keys.join(' or ')} is not set`);
  const there = { ...provider, ...(url ? { baseUrl: url } : {}), auth: [first, ...rest] as const };
  return { ...about, isDouble: false, model, accesses: keyed(there, (auth) => keyFor(auth) ?? '') };
}

/** The same provider at the stack's doubles, its paths kept. */
function atDouble(provider: SmokeProvider, doublesUrl: string): SmokeProvider {
  const moved = (url: string) => `${doublesUrl}/${provider.name}${new URL(url).pathname.replace(/\/+$/, '')}`;
  const { baseUrl, nativeUrl } = provider;
  return { ...provider, baseUrl: moved(baseUrl), ...(nativeUrl ? { nativeUrl: moved(nativeUrl) } : {}) };
}

function keyed(provider: SmokeProvider, keyFor: (auth: AuthMode) => string): ChosenProvider['accesses'] {
  const withKey = (auth: AuthMode) => ({
    ...accessOf(provider, auth),
    key: auth === 'none' ? '' : keyFor(auth),
  });
  const [first, ...rest] = modesOf(provider);
  return [withKey(first ?? 'none'), ...rest.map(withKey)];
}

/**
 * The providers as entries of the gateway's GATEWAY_PROVIDERS, each with a comma before it: compose.yaml puts them behind
 * its own. Throws GNT_USAGE.
 */
export function gatewayEntries(environment: Environment): string {
  const entries = smokeProviders.flatMap((provider) => {
    const chosen = chooseProvider(provider, environment, 'http://doubles:9600');
    if (!('accesses' in chosen)) return [];
    const [access] = chosen.accesses;
    const entry = {
      id: `smoke-${chosen.name}`,
      baseUrl: access.url,
      ...(access.key ? { apiKeys: [access.key] } : {}),
      cooldown: false,
      models: { [gatewayModel(chosen.name)]: chosen.model },
    };
    return [`,${JSON.stringify(entry)}`];
  });
  return entries.join('');
}
