/** How a request to a provider says whose it is. */
export type AuthMode = 'none' | 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'query' | 'oauth-token';

/** Kinds of models that tests take, each with a flag of its own. */
export type ModelKind = 'text' | 'vision' | 'embedding' | 'judge' | 'safety';

export interface EmbeddingModel {
  readonly name: string;
  /** Length of its vectors when nobody asks for another one. */
  readonly dimension: number;
}

/** Where a fact comes from that changes without notice. */
export interface Source {
  readonly url: string;
  /** When it was looked up, as `2026-11-21`. */
  readonly date: string;
}

/** One model API that a stack can stand on. The catalogue of them is the only place that knows their names and models. */
export interface Provider {
  readonly name: string;
  readonly title: string;
  /** Runs on a machine of the user's, or in the stack; the others cost money. */
  readonly local: boolean;
  /** Of its OpenAI-compatible API, with the version: what chat completions are asked of. */
  readonly baseUrl: string;
  /** Of its own API, where that is another one and clients speak it as well. */
  readonly nativeUrl?: string;
  /** The first is what the stack uses; the others are there for clients that speak to it without one. */
  readonly auth: readonly [AuthMode, ...AuthMode[]];
  readonly variables: {
    /** Replaces `baseUrl`. */
    readonly url?: string;
    /** Holds the credential; the first that is set counts. Without one the provider asks for none. */
    readonly keys: readonly string[];
    /** Nothing works without a key. */
    readonly keyRequired: boolean;
  };
  /** The service of compose.yaml that is this provider, and the profile that starts it. */
  readonly service?: { readonly name: string; readonly profile: string };
  /** The cheapest current model; without one the user has to name theirs. */
  readonly text?: string;
  /** Further ones that suites about LiteLLM name. */
  readonly others?: readonly string[];
  /** The cheapest one that sees images. */
  readonly vision?: string;
  readonly embedding?: EmbeddingModel;
  /** The cheapest one that says whether a text is harmful. */
  readonly safety?: string;
  /** What goes before a model's name in LiteLLM; of embeddings only where it is another one. */
  readonly litellm: { readonly chat: string; readonly embedding?: string; readonly native?: true };
  /** What its users should not expect, in words that end a sentence beginning with "no". */
  readonly lacks: readonly string[];
  readonly source: Source;
}
