import { gauntletError } from '../errors.ts';
import type { Given } from './model-settings.ts';
import type { Route } from './routes.ts';
import { checkKeys } from './routes.ts';
import { isScripted, type Settings } from './settings.ts';

/** What a setup makes of the variables of compose.yaml, and which of their values are secrets. */
export interface StackVariables {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/**
 * The variables of compose.yaml that make gateway, agents, memory and LiteLLM talk to the providers of a setup; none for
 * the scripted one. What the user sets beats them: `MODEL_API_URL`, `MODEL_API_KEY`, `MODEL`, `GATEWAY_EMBEDDING_MODEL`.
 *
 * @param isReplayed nobody asks the providers, so no key is missed
 * @throws GNT_SETUP_KEY, GNT_SETUP_MODEL
 */
export function stackVariables(settings: Settings, given: Given, isReplayed = false): StackVariables {
  const isTold = (name: string) => Boolean(given.set[name] ?? given.environment[name]);
  if (isScripted(settings)) return { variables: {}, secrets: [] };
  if (!isReplayed) checkKeys(settings.routes, isTold('MODEL_API_KEY'));
  const [main, ...others] = settings.routes;
  const model = settings.models.text.value[0] ?? main.provider.text;
  if (model === undefined) throw gauntletError('GNT_SETUP_MODEL', main.provider.name);
  const further = main.models.filter((name) => name !== model);
  const [embedding] = settings.models.embedding.value;
  const ours: Record<string, string | undefined> = {
    MODEL: model,
    SETUP_BASE_URL: main.baseUrl.value,
    SETUP_API_KEY: main.key?.value,
    // Not the key of LiteLLM, which is the usual one: the provider may be somebody else's.
    SETUP_MODEL_API_KEY: main.key?.value ?? 'none-needed',
    SETUP_MODELS: further.map((name) => `${JSON.stringify(name)}:${JSON.stringify(name)},`).join(''),
    SETUP_PROVIDERS: others.map((route) => `${JSON.stringify(gatewayProvider(route))},`).join(''),
    GATEWAY_EMBEDDING_MODEL: embedding,
  };
  const variables = Object.entries(ours).flatMap(([name, value]) =>
    value === undefined || (isTold(name) && !name.startsWith('SETUP_')) ? [] : [[name, value] as const],
  );
  return {
    variables: Object.fromEntries(variables),
    secrets: settings.routes.flatMap(({ key }) => (key ? [key.value] : [])),
  };
}

/** An entry of `GATEWAY_PROVIDERS`, see docs/model-apis.md. */
function gatewayProvider({ provider, baseUrl, key, models }: Route) {
  return {
    id: `setup-${provider.name}`,
    baseUrl: baseUrl.value,
    cooldown: false,
    ...(key ? { apiKeys: [key.value] } : {}),
    models: Object.fromEntries(models.map((name) => [name, name])),
  };
}
