/**
 * Top-level fields of a chat that never go to a provider: those that only agents and the gateway know, and those with
 * which a proxy behind it, such as LiteLLM, would let the client choose address, key or headers of the next upstream.
 */
const kept: ReadonlySet<string> = new Set([
  ...['user_id', 'enable_memory', 'generation_flags', 'debug', 'competitor_id'],
  ...['api_base', 'base_url', 'api_key', 'api_version', 'organization', 'extra_headers', 'headers'],
  ...['fallbacks', 'model_list', 'user_config', 'custom_llm_provider', 'litellm_credential_name'],
]);

/** Whether a top-level field of a request is for agents and the gateway alone. */
export function isKeptFromProviders(field: string): boolean {
  return kept.has(field);
}

/** What of a request goes to a provider. */
export function providerFields<T extends object>(request: T): Partial<T> {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !kept.has(name))) as Partial<T>;
}
