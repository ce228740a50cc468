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
  const inputs = Array.isArray(input) ? input : [input];
  if (inputs.length === 0 || !inputs.every((text) => typeof text === 'string' && text !== '')) {
    throw new ApiError(400, "'input' must be a non-empty string or a list of them", { param: 'input' });
  }
  if (!Number.isInteger(dimensions) || Number(dimensions) < 1 || Number(dimensions) > 4096) {
    throw new ApiError(400, "'dimensions' must be from 1 to 4096", { param: 'dimensions' });
  }
  return { model, inputs, dimensions: Number(dimensions), base64: encoding === 'base64' };
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
