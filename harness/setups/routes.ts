import { gauntletError } from '../errors.ts';
import {
  type Given,
  type ModelSettings,
  type ProviderOf,
  type Settled,
  variableOf,
} from './model-settings.ts';
import type { Provider } from './provider.ts';

/** A provider as a run uses it. */
export interface Route {
  readonly provider: Provider;
  readonly baseUrl: Settled<string>;
  /** Its credential; never printed. */
  readonly key?: Settled<string>;
  /** What it is asked for. */
  readonly models: readonly string[];
}

/**
 * The providers of a setup with their addresses, keys and models; the one of the text models first.
 *
 * @throws GNT_SETUP_VALUE, GNT_SETUP_KEY
 */
export function routesOf(
  given: Given,
  providerOf: ProviderOf,
  models: ModelSettings,
  first: Provider,
): readonly Route[] {
  const kinds = ['text', 'vision', 'embedding', 'judge'] as const;
  const named = kinds.map((kind) => ({ provider: providerOf[kind] ?? first, models: models[kind].value }));
  const all = [first, ...named.flatMap(({ provider, models: list }) => (list.length > 0 ? [provider] : []))];
  return [...new Set(all)].map((provider) => {
    const key = keyOf(given, provider);
    const asked = named.flatMap((each) => (each.provider === provider ? each.models : []));
    const own = asked.length === 0 && provider.text !== undefined ? [provider.text] : asked;
    return {
      provider,
      baseUrl: baseUrlOf(given, provider),
      ...(key ? { key } : {}),
      models: [...new Set(own)],
    };
  });
}

/** The address of a service of the stack is the stack's affair: `OLLAMA_URL` puts another one in its place. */
function baseUrlOf(given: Given, provider: Provider): Settled<string> {
  const { url } = provider.variables;
  const told = url && !provider.service ? variableOf(given, [url]) : undefined;
  if (!told) return { value: provider.baseUrl, from: `setup ${provider.name}` };
  const parsed = URL.canParse(told.value) ? new URL(told.value) : undefined;
  // Not repeated: an address may carry a credential.
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || /["\\\s]/.test(told.value))
    throw gauntletError('GNT_SETUP_VALUE', told.from, 'it is no http(s) URL');
  // `127.0.0.1:8000` in the settings of a service that listens on 8000 is that service itself.
  const trimmed = told.value.replace(/\/+$/, '').replace('//127.0.0.1', '//localhost');
  return { value: parsed.pathname === '/' ? `${trimmed}/v1` : trimmed, from: told.from };
}

/** Throws GNT_SETUP_VALUE, without the value, for a key that cannot be sent. */
function keyOf(given: Given, provider: Provider): Settled<string> | undefined {
  const { keys } = provider.variables;
  const key = variableOf(given, keys);
  if (!key?.value) return undefined;
  const wrong = faultOf(key.value);
  if (wrong) throw gauntletError('GNT_SETUP_VALUE', key.from, wrong);
  return key;
}

/** Source of what a header takes: RFC 9110, section 5.5. */
function faultOf(key: string): string | undefined {
  if (/[\r\n]/.test(key)) return 'it has a line break, as a file that is read whole ends with one';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'it has white space or characters that no header takes';
  if (/["\\]/.test(key)) return 'it has a quote or a backslash: were quotes copied with it?';
  return undefined;
}

/** Throws GNT_SETUP_KEY for the first route that cannot work without a key and has none. */
export function checkKeys(routes: readonly Route[], isReplaced: boolean): void {
  const [main] = routes;
  for (const route of routes) {
    const { name, variables } = route.provider;
    if (!variables.keyRequired || route.key || (route === main && isReplaced)) continue;
    throw gauntletError('GNT_SETUP_KEY', name, variables.keys.join(' or '));
  }
}
