/** A double of a provider's OpenAI-compatible API. */
export interface ModelApi {
  /** First segment of its paths. */
  readonly name: string;
  /** Of the API, behind the name. */
  readonly path: string;
  /** Its model; any other is not there, unless it answers to every name. */
  readonly model: string;
  readonly answersToAll?: true;
  readonly asksForKey: boolean;
}

/** Providers by the paths that they have; models are named as their clients name them. */
export const modelApis: readonly ModelApi[] = [
  { name: 'openai', path: '/v1', model: 'gpt-6-luna', asksForKey: true },
  { name: 'anthropic', path: '/v1', model: 'claude-haiku-5-5', asksForKey: true },
  { name: 'gemini', path: '/v1beta/openai', model: 'gemini-3.1-flash-lite', asksForKey: true },
  { name: 'openrouter', path: '/api/v1', model: 'openai/gpt-6-luna', asksForKey: true },
  { name: 'groq', path: '/openai/v1', model: 'openai/gpt-oss-20b', asksForKey: true },
  { name: 'deepseek', path: '/v1', model: 'deepseek-flash', asksForKey: true },
  { name: 'mistral', path: '/v1', model: 'ministral-3b-latest', asksForKey: true },
  { name: 'together', path: '/v1', model: 'Qwen/Qwen3.5-9B', asksForKey: true },
  { name: 'vllm', path: '/v1', model: 'meta-llama/Llama-3.2-1B-Instruct', asksForKey: false },
  { name: 'lmstudio', path: '/v1', model: 'double-model', asksForKey: false },
  // It has one model loaded and takes every name for it.
  { name: 'llamacpp', path: '/v1', model: 'default', answersToAll: true, asksForKey: false },
];

/** The key that a double takes. */
export const keyOf = (name: string): string => `double-key-of-${name}`;

/** 2025-01-01: a fixed date keeps lists the same on every call. */
export const createdSeconds = 1_735_689_600;

/** What is wrong with the `Authorization` of a request, as the OpenAI API says it; undefined when nothing is. */
export function refusalOf(
  { name, asksForKey }: ModelApi,
  authorization: string | undefined,
): object | undefined {
  if (authorization === undefined && !asksForKey) return undefined;
  if (authorization === `Bearer ${keyOf(name)}`) return undefined;
  const missing = authorization === undefined;
  return {
    error: {
      message: missing ? "You didn't provide an API key." : 'Incorrect API key provided.',
      type: 'invalid_request_error',
      param: null,
      code: missing ? null : 'invalid_api_key',
    },
  };
}
