/** The answer of the Embeddings API, as far as the gateway looks into it. */
export interface EmbeddingList {
  readonly data: readonly { readonly index: number; readonly embedding: readonly number[] | string }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly total_tokens?: unknown };
}

/** How many embeddings an input asks for: one for a text or for tokens, one each for a list of them. */
export function inputCount(input: string | readonly (number | string | readonly number[])[]): number {
  return typeof input === 'string' || typeof input[0] === 'number' ? 1 : input.length;
}

/** Reads an answer with `count` embeddings, each with its place; undefined for anything else. */
export function readEmbeddingList(bytes: Buffer, count: number): EmbeddingList | undefined {
  let value: { readonly data?: unknown } | null;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const data = value?.data;
  if (!Array.isArray(data) || data.length !== count) return undefined;
  const places = new Set(data.map((each) => each?.index));
  const isWhole = data.every(
    (each, at) => places.has(at) && (Array.isArray(each.embedding) || typeof each.embedding === 'string'),
  );
  return isWhole ? (value as EmbeddingList) : undefined;
}

/**
 * The list in the encoding that the client asked for: many providers know one only, and the official clients ask for
 * base64 unless they are told otherwise. Base64 holds 32-bit floats, lowest byte first.
 */
export function encoded(list: EmbeddingList, format: 'float' | 'base64'): EmbeddingList {
  const wanted = format === 'base64' ? 'string' : 'object';
  if (list.data.every(({ embedding }) => typeof embedding === wanted)) return list;
  const convert = (embedding: readonly number[] | string) =>
    typeof embedding === 'string' ? floatsOf(embedding) : base64Of(embedding);
  return {
    ...list,
    data: list.data.map((each) =>
      typeof each.embedding === wanted ? each : { ...each, embedding: convert(each.embedding) },
    ),
  };
}

function base64Of(floats: readonly number[]): string {
  const bytes = Buffer.alloc(floats.length * 4);
  for (const [at, value] of floats.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString('base64');
}

function floatsOf(base64: string): readonly number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.readFloatLE(at * 4));
}
