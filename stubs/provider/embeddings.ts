import { createHash } from 'node:crypto';
import { tokensOf } from './answer.ts';
import { ApiError } from './api-error.ts';

const DEFAULT_DIMENSIONS = 256;

export type EmbeddingRequest = {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly dimensions: number;
  readonly base64: boolean;
};

/** Reads a body of `POST /v1/embeddings`; throws {@link ApiError} 400. */
export function readEmbeddingRequest(body: unknown): EmbeddingRequest {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { model, input, dimensions = DEFAULT_DIMENSIONS, encoding_format: encoding } = fields;
  if (typeof model !== 'string' || model === '') {
    throw new ApiError(400, 'you must provide a model parameter', { param: 'model' });
  }
  const inputs = inputsOf(input);
  if (inputs.length === 0 || inputs.includes('')) {
    const message = "'input' must be a non-empty string, tokens, or a list of either";
    throw new ApiError(400, message, { param: 'input' });
  }
  if (!Number.isInteger(dimensions) || Number(dimensions) < 1 || Number(dimensions) > 4096) {
    throw new ApiError(400, "'dimensions' must be from 1 to 4096", { param: 'dimensions' });
  }
  return { model, inputs, dimensions: Number(dimensions), base64: encoding === 'base64' };
}

/** Texts to embed; tokens count as words. Anything else is an empty text, which is refused. */
function inputsOf(input: unknown): readonly string[] {
  const isTokens = (value: unknown): value is readonly number[] =>
    Array.isArray(value) && value.length > 0 && value.every((each) => Number.isInteger(each));
  const inputs: readonly unknown[] = Array.isArray(input) && !isTokens(input) ? input : [input];
  return inputs.map((each) => (isTokens(each) ? each.join(' ') : typeof each === 'string' ? each : ''));
}

/** A unit vector that is the same for the same text; texts that share words lie close to each other. */
export function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of ['', ...(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]) {
    for (let block = 0; block * 32 < dimensions; block += 1) {
      const digest = createHash('sha256').update(`${block} ${word}`).digest();
      for (const [offset, byte] of digest.entries()) {
        const at = block * 32 + offset;
        if (at < dimensions) vector[at] = (vector[at] ?? 0) + byte - 127.5;
      }
    }
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function embeddingsOf({ model, inputs, dimensions, base64 }: EmbeddingRequest) {
  const total = inputs.reduce((sum, text) => sum + tokensOf(text).length, 0);
  const data = inputs.map((text, index) => {
    const vector = embed(text, dimensions);
    const embedding = base64 ? Buffer.from(vector.buffer).toString('base64') : Array.from(vector);
    return { object: 'embedding', index, embedding };
  });
  return { object: 'list', model, data, usage: { prompt_tokens: total, total_tokens: total } };
}
