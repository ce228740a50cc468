import type { Provider } from './provider.ts';
import type { Route } from './routes.ts';

/** An entry of `model_list` in LiteLLM's configuration. Source: docs.litellm.ai, "Proxy config". */
export interface LitellmModel {
  readonly model_name: string;
  readonly litellm_params: Readonly<Record<string, string | number>>;
  readonly model_info?: { readonly mode: 'embedding' };
}

/** One planned error is one error: LiteLLM repeats nothing by itself. */
const patience = { timeout: 300, stream_timeout: 300, max_retries: 0 };

/** Where LiteLLM finds a service of the stack: variables of its environment in compose.yaml. */
const serviceUrls: Readonly<Record<string, string>> = {
  provider: 'os.environ/PROVIDER_URL',
  ollama: 'os.environ/OLLAMA_URL',
};

/** What LiteLLM offers in every stack: the models of the providers that are services of it. */
export function modelsOfStack(providers: readonly Provider[]): readonly LitellmModel[] {
  return providers.flatMap((provider) => {
    const { name, service, text, others = [], embedding } = provider;
    const apiBase = service && serviceUrls[service.name];
    if (!apiBase || text === undefined) return [];
    const params = { api_base: apiBase, ...keyOf(provider, 'unused'), ...patience };
    const offered = (model: string) => (model.startsWith(name) ? model : `${name}-${model}`);
    return [
      ...[text, ...others].map((model) => ({
        model_name: offered(model),
        litellm_params: { model: `${provider.litellm.chat}/${model}`, ...params },
      })),
      ...(embedding ? [embeddingModel(offered(embedding.name), provider, embedding.name, params)] : []),
    ];
  });
}

/**
 * What LiteLLM offers besides for a setup: its models by their own names. The key comes by its environment.
 *
 * @param isRecorded a recorder stands before the provider: only an address that is said leads to it
 */
export function modelsOfRoute(
  route: Route,
  embeddings: readonly string[],
  isRecorded = false,
): readonly LitellmModel[] {
  const { provider, baseUrl, key, models } = route;
  const apiKey = key ? 'os.environ/SETUP_API_KEY' : 'unused';
  const isMoved = baseUrl.value !== provider.baseUrl || (isRecorded && !provider.service);
  // LiteLLM speaks a provider's own API and knows where it is, unless the user says where.
  const isNative = provider.litellm.native === true && !isMoved;
  const ownUrl = provider.service && serviceUrls[provider.service.name];
  const apiBase = isNative ? ownUrl : 'os.environ/SETUP_BASE_URL';
  const params = { ...(apiBase ? { api_base: apiBase } : {}), ...keyOf(provider, apiKey), ...patience };
  const chatPrefix = provider.litellm.native && isMoved ? 'openai' : provider.litellm.chat;
  return models.map((model) =>
    embeddings.includes(model)
      ? embeddingModel(model, provider, model, params, isMoved)
      : { model_name: model, litellm_params: { model: `${chatPrefix}/${model}`, ...params } },
  );
}

/** Clients of the OpenAI API have to have a key, where nobody asks for one as well; Ollama's has none. */
function keyOf({ litellm, variables }: Provider, key: string): { readonly api_key?: string } {
  return litellm.native && variables.keys.length === 0 ? {} : { api_key: key };
}

function embeddingModel(
  offered: string,
  { litellm: { chat, embedding = chat, native } }: Provider,
  model: string,
  params: LitellmModel['litellm_params'],
  isMoved = false,
): LitellmModel {
  const prefix = native && isMoved ? 'openai' : embedding;
  return {
    model_name: offered,
    litellm_params: { model: `${prefix}/${model}`, ...params },
    model_info: { mode: 'embedding' },
  };
}
