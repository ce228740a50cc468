/** Where a provider finds the key of a request; an OAuth token is one of a person's account, not of the API's. */
export type AuthMode = 'none' | 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'query' | 'oauth-token';

/** What the smoke has to know of a provider: nothing else here asks for more of one. */
export interface SmokeProvider {
  readonly name: string;
  /** Of its OpenAI-compatible API, with the version. */
  readonly baseUrl: string;
  /** Of its own API, for the modes of that one. */
  readonly nativeUrl?: string;
  /** The first is how the gateway asks. */
  readonly auth: readonly [AuthMode, ...AuthMode[]];
  readonly variables: {
    /** Replaces `baseUrl`. */
    readonly url?: string;
    /** The first that is set counts; of `oauth-token` only those that end in AUTH_TOKEN. */
    readonly keys: readonly string[];
    readonly keyRequired: boolean;
  };
  /** The service of the stack that it is; the others have doubles. */
  readonly service?: { readonly name: string };
  /** The cheapest current model; without one the user has to name theirs. */
  readonly text?: string;
}

const hosted = (prefix: string, ...others: readonly string[]) => ({
  url: `${prefix}_BASE_URL`,
  keys: [`${prefix}_API_KEY`, ...others],
  keyRequired: true,
});

const local = (prefix: string) => ({
  url: `${prefix}_URL`,
  keys: [`${prefix}_API_KEY`],
  keyRequired: false,
});

/** Every provider that is smoked, with the cheapest of its models and all modes to ask it in. */
export const smokeProviders: readonly SmokeProvider[] = [
  {
    name: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    auth: ['bearer'],
    variables: hosted('OPENAI'),
    text: 'gpt-6-luna',
  },
  {
    name: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    nativeUrl: 'https://api.anthropic.com',
    auth: ['bearer', 'x-api-key', 'oauth-token'],
    variables: hosted('ANTHROPIC', 'ANTHROPIC_AUTH_TOKEN'),
    text: 'claude-haiku-5-5',
  },
  {
    name: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    nativeUrl: 'https://generativelanguage.googleapis.com/v1beta',
    auth: ['bearer', 'x-goog-api-key', 'query'],
    variables: hosted('GEMINI', 'GOOGLE_API_KEY'),
    text: 'gemini-3.1-flash-lite',
  },
  {
    name: 'openrouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    auth: ['bearer'],
    variables: hosted('OPENROUTER'),
    text: 'openai/gpt-6-luna',
  },
  {
    name: 'groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    auth: ['bearer'],
    variables: hosted('GROQ'),
    text: 'openai/gpt-oss-20b',
  },
  {
    name: 'deepseek',
    baseUrl: 'https://api.deepseek.com/v1',
    nativeUrl: 'https://api.deepseek.com/anthropic',
    auth: ['bearer', 'x-api-key'],
    variables: hosted('DEEPSEEK'),
    text: 'deepseek-flash',
  },
  {
    name: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    auth: ['bearer'],
    variables: hosted('MISTRAL'),
    text: 'ministral-3b-latest',
  },
  {
    name: 'together',
    baseUrl: 'https://api.together.xyz/v1',
    auth: ['bearer'],
    variables: hosted('TOGETHER'),
    text: 'Qwen/Qwen3.5-9B',
  },
  {
    name: 'vllm',
    baseUrl: 'http://127.0.0.1:8000/v1',
    auth: ['bearer', 'none'],
    variables: local('VLLM'),
    text: 'meta-llama/Llama-3.2-1B-Instruct',
  },
  {
    name: 'lmstudio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    auth: ['none', 'bearer'],
    variables: local('LMSTUDIO'),
  },
  {
    name: 'llamacpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    auth: ['none', 'bearer'],
    variables: local('LLAMACPP'),
    text: 'default',
  },
  {
    name: 'ollama',
    baseUrl: 'http://ollama:11434/v1',
    auth: ['none'],
    variables: { url: 'OLLAMA_URL', keys: [], keyRequired: false },
    service: { name: 'ollama' },
    text: 'tiny',
  },
];

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
