/** A way that a stream takes from a client to a model. */
export interface StreamPath {
  /** As tests and tables name it. */
  readonly name: string;
  /** The services that it passes; those of others are named with their versions. */
  readonly services: readonly string[];
  /** The route that the client asks. */
  readonly route: string;
}

const table = [
  { name: 'gateway', services: ['gateway'], route: 'POST /v1/chat/completions' },
  { name: 'gateway, responses', services: ['gateway'], route: 'POST /v1/responses' },
  { name: 'gateway, messages', services: ['gateway'], route: 'POST /v1/messages' },
  { name: 'gateway to LiteLLM', services: ['gateway', 'litellm'], route: 'POST /v1/chat/completions' },
  { name: 'LiteLLM', services: ['litellm'], route: 'POST /v1/chat/completions' },
  { name: 'LiteLLM, responses', services: ['litellm'], route: 'POST /v1/responses' },
  { name: 'LiteLLM, messages', services: ['litellm'], route: 'POST /v1/messages' },
  { name: 'LiteLLM to Ollama', services: ['litellm', 'ollama'], route: 'POST /v1/chat/completions' },
  {
    name: 'Open WebUI, pipe to gateway',
    services: ['open-webui', 'gateway'],
    route: 'POST /api/chat/completions',
  },
  {
    name: 'Open WebUI to LiteLLM',
    services: ['open-webui', 'litellm'],
    route: 'POST /api/chat/completions',
  },
] as const satisfies readonly StreamPath[];

export type PathName = (typeof table)[number]['name'];

export const paths: readonly (StreamPath & { readonly name: PathName })[] = table;
