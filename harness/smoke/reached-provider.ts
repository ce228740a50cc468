import { ask } from '../suite/responses/caller.ts';
import { skip } from '../suite/skip.ts';
import { service, stackVariables } from '../suite/stack.ts';
import { excused, needsProvider } from './failures/smoked.ts';
import { findProvider } from './providers/catalogue.ts';
import { type ChosenProvider, gatewayEntries, gatewayModel } from './providers/chosen-provider.ts';

/**
 * A provider that the gateway of this stack knows how to ask. Skips the running test where the provider is left out, or
 * where the gateway, put in place of ours, was not told of it.
 */
export async function reachedProvider(name: string): Promise<ChosenProvider> {
  const provider = findProvider(name);
  if (!provider) throw new Error(`${name} is no provider of the smoke`);
  const chosen = needsProvider(provider);
  // Else a green line about a live provider could be one about its double.
  if (service('gateway').ours && stackVariables().SMOKE_PROVIDERS !== gatewayEntries(process.env))
    excused('missing_env', `${name}: the stack was started with other settings of the smoke`, chosen.isNamed);
  const { status, body } = await ask('GET', '/models');
  const isListed = body?.data?.some?.(({ id }: { id?: string }) => id === gatewayModel(name));
  if (status === 200 && !isListed && !chosen.isNamed)
    skip(`the gateway does not offer ${gatewayModel(name)}: GET /v1/models lists it not`, 'not_offered');
  return chosen;
}
