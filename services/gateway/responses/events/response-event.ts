/** One event of a response's stream; its other fields depend on `type` (OpenAI API reference, "Streaming events"). */
export interface ResponseEvent {
  readonly type: string;
  /** From 0, one more with every event of a response. */
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';
export type Annotation = Readonly<Record<string, unknown> & { type: string }>;

/** An item of a response's output, or of the input of a later one. */
export interface Item {
  readonly id?: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

export type OutputItem = Item & { readonly id: string };

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** Why a response failed; the API's list of codes is closed. */
export interface ResponseFailure {
  readonly code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt' | 'vector_store_timeout';
  readonly message: string;
}

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** A response as clients see it. What the request said is repeated in the other fields. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  /** Seconds since 1970, as `completed_at`. */
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly status: ResponseStatus;
  readonly error: ResponseFailure | null;
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null;
  readonly output: readonly OutputItem[];
  readonly usage: ResponseUsage | null;
  readonly [field: string]: unknown;
}

/** Makes an id of the API: the prefix tells its kind. */
export type NewId = (prefix: string) => string;

export const isTerminal = ({ type }: ResponseEvent): boolean =>
  type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed';
