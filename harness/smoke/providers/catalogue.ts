import { providers, scripted } from '../../setups/catalogue.ts';
import type { AuthMode, Provider } from '../../setups/provider.ts';

export type { AuthMode };

/** What the smoke has to know of a provider: nothing else here asks for more of one. */
export type SmokeProvider = Pick<
  Provider,
  'name' | 'baseUrl' | 'nativeUrl' | 'auth' | 'variables' | 'text'
> & { readonly service?: { readonly name: string } };

/** Every provider that is smoked: all but the one that the suites script. */
export const smokeProviders: readonly SmokeProvider[] = providers.filter(({ name }) => name !== scripted);

/** Spellings of other tools, and what they are called here. */
const otherNames: Readonly<Record<string, string>> = {
  open_router: 'openrouter',
  claude: 'anthropic',
  'llama.cpp': 'llamacpp',
};

export const providerNames: readonly string[] = smokeProviders.map(({ name }) => name);

/** The provider of a name, or undefined. */
export const findProvider = (name: string): SmokeProvider | undefined =>
  smokeProviders.find((provider) => provider.name === (otherNames[name] ?? name));

/** The modes in which a provider can be asked: one that knows no key has none but that. */
export const modesOf = ({ auth, variables }: SmokeProvider): readonly AuthMode[] =>
  auth.filter((mode) => mode === 'none' || variables.keys.length > 0);

/** The API that is spoken in an auth mode. */
export type Dialect = 'openai' | 'anthropic' | 'gemini';

/** One way to ask a provider. */
export interface Access {
  readonly auth: AuthMode;
  readonly dialect: Dialect;
  /** Of the API, with its version. */
  readonly url: string;
}

/** How a provider is asked in a mode: keys that are not the OpenAI API's come with the provider's own API. */
export function accessOf({ baseUrl, nativeUrl }: SmokeProvider, auth: AuthMode): Access {
  if (auth === 'none' || auth === 'bearer') return { auth, dialect: 'openai', url: baseUrl };
  if (!nativeUrl) throw new Error(`${auth} needs the address of the provider's own API`);
  if (auth === 'x-goog-api-key' || auth === 'query') return { auth, dialect: 'gemini', url: nativeUrl };
  return { auth, dialect: 'anthropic', url: `${nativeUrl}/v1` };
}
