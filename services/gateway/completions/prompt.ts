import { Type } from 'typebox';

const Tokens = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: 300_000 });

/** A text, tokens, or a list of either: what the Completions API continues. */
export const Prompt = Type.Union([
  Type.String(),
  Tokens,
  Type.Array(Type.String(), { minItems: 1, maxItems: 2_048 }),
  Type.Array(Tokens, { minItems: 1, maxItems: 2_048 }),
]);

/** The same without empty texts: what the Embeddings API embeds (at most 2,048 at once). */
export const EmbeddingInput = Type.Union([
  Type.String({ minLength: 1 }),
  Tokens,
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 2_048 }),
  Type.Array(Tokens, { minItems: 1, maxItems: 2_048 }),
]);
