import { gauntletError } from '../errors.ts';
import { hostedProviders } from './hosted-providers.ts';
import { localProviders } from './local-providers.ts';
import type { Provider } from './provider.ts';

/** Every model API that gauntlet knows, those that cost nothing first. Each is a setup of its name. */
export const providers: readonly Provider[] = [...localProviders, ...hostedProviders];

export const providerNames: readonly string[] = providers.map(({ name }) => name);

/**
 * The provider of that name; `remote::ollama` and `inline::ollama` mean it as well.
 *
 * @param asked where the name was given, such as `--setup`
 * @throws GNT_PROVIDER_UNKNOWN
 */
export function providerNamed(name: string, asked: string): Provider {
  const short = name.replace(/^(?:remote|inline)::/, '');
  const found = providers.find((provider) => provider.name === short);
  if (!found) throw gauntletError('GNT_PROVIDER_UNKNOWN', asked, name, providerNames.join(', '));
  return found;
}

/** The provider whose text is what the tests say it is: only it obeys directives and keeps a journal. */
export const scripted = 'scripted';
