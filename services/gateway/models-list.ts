/** A model that the gateway offers. */
export interface OfferedModel {
  readonly id: string;
  readonly ownedBy: string;
}

/** In whose words a caller wants to be told of models. */
export type ModelShape = 'openai' | 'anthropic' | 'claude-cli' | 'codex';

/** When the list of models was fixed (2026-01-01): the same on every call, worker and start. */
const createdSeconds = 1_767_225_600;
const createdAt = new Date(createdSeconds * 1_000).toISOString().replace('.000', '');

/**
 * Tells by a request which list it asks for: `client_version` is Codex' own, then comes the header that every client of
 * the Anthropic API sends, then the name of Anthropic's command line, in any case. Everybody else gets OpenAI's.
 */
export function modelShapeOf(request: {
  readonly query: { readonly client_version?: string | undefined };
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}): ModelShape {
  const { headers, query } = request;
  if (query.client_version !== undefined) return 'codex';
  if (headers['anthropic-version'] !== undefined) return 'anthropic';
  return String(headers['user-agent'] ?? '')
    .toLowerCase()
    .startsWith('claude-cli')
    ? 'claude-cli'
    : 'openai';
}

/** A model of the OpenAI API (API reference, "Models"). */
export function openaiModel({ id, ownedBy }: OfferedModel) {
  return { id, object: 'model' as const, created: createdSeconds, owned_by: ownedBy };
}

/** A model of the Anthropic API ("Models"), with OpenAI's fields beside it. What a provider can take is not known here. */
export function anthropicModel({ id, ownedBy }: OfferedModel) {
  return {
    ...{ type: 'model' as const, id, display_name: id, created_at: createdAt },
    ...{ max_input_tokens: null, max_tokens: null, capabilities: null, line: null },
    ...{ lifecycle: 'active' as const, deprecated_at: null, retires_at: null },
    ...{ object: 'model' as const, owned_by: ownedBy },
  };
}

/** An entry of Codex' catalogue (codex-rs, `ModelInfo`): a model with a shell and nothing special. */
export function codexModel({ id }: OfferedModel, priority: number) {
  return {
    ...{ slug: id, display_name: id, description: null, priority },
    ...{ default_reasoning_level: null, supported_reasoning_levels: [] },
    ...{ shell_type: 'shell_command', visibility: 'list', supported_in_api: true },
    ...{ base_instructions: '', upgrade: null, availability_nux: null },
    ...{ supports_reasoning_summaries: false, support_verbosity: false, default_verbosity: null },
    ...{ apply_patch_tool_type: null, truncation_policy: { mode: 'bytes', limit: 10_000 } },
    ...{ supports_parallel_tool_calls: true, context_window: null, experimental_supported_tools: [] },
    ...{ input_modalities: ['text', 'image'] },
  };
}

/** Where a page of the Anthropic API begins and ends. */
export interface PageRequest {
  readonly limit?: number | undefined;
  readonly after_id?: string | undefined;
  readonly before_id?: string | undefined;
}

/** The Anthropic API's envelope around a page of models; without `limit` the page has them all. */
export function anthropicPage(models: readonly OfferedModel[], page: PageRequest) {
  const { limit = models.length, after_id: after, before_id: before } = page;
  const at = (id: string) => models.findIndex((model) => model.id === id);
  const from = after === undefined ? 0 : at(after) + 1 || models.length;
  const to = before === undefined ? models.length : Math.max(at(before), 0);
  const backwards = before !== undefined && after === undefined;
  const shown = backwards
    ? models.slice(Math.max(0, to - limit), to)
    : models.slice(from, Math.min(to, from + limit));
  const left = (backwards ? to : to - from) - shown.length;
  return {
    data: shown.map(anthropicModel),
    has_more: left > 0,
    first_id: shown[0]?.id ?? '',
    last_id: shown.at(-1)?.id ?? '',
  };
}
