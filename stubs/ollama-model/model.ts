import { gguf, type Tensor } from './gguf.ts';

/** What the model says to every prompt, word by word, before it ends. No word may occur twice. */
export const SENTENCE = 'The quick brown fox jumps over the lazy dog and then it sleeps under a tree .';

const EMBEDDING = 64;
const HEADS = 4;
const KV_HEADS = 2;
const FEED_FORWARD = 128;
const LAYERS = 2;
const SPACE = '\u2581';
const EOS = 2;

// SentencePiece needs all byte tokens; they are how any prompt can be read.
const BYTES = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
const WORDS = SENTENCE.split(' ').map((word) => `${SPACE}${word}`);
const TOKENS: readonly string[] = ['<unk>', '<s>', '</s>', ...BYTES, ...WORDS];
const TYPES: readonly number[] = [2, 3, 3, ...BYTES.map(() => 6), ...WORDS.map(() => 1)];
const FIRST_WORD = 3 + BYTES.length;

/**
 * A llama model whose layers do nothing (attention output and feed-forward output are zero), so that the next token
 * is a function of the last one: every word leads to the next word of the sentence, the last one to the end, and
 * everything else to the first word (a prompt that ends in the word "a" goes on after it). The embeddings are rows of a Hadamard matrix, orthogonal to each other, so the
 * wanted token has the logit 64 and every other one 0.
 */
export function buildModel(): Buffer {
  const embedding = new Float32Array(EMBEDDING * TOKENS.length);
  const output = new Float32Array(EMBEDDING * TOKENS.length);
  for (const token of TOKENS.keys()) {
    const row = token < FIRST_WORD ? 0 : token - FIRST_WORD + 1;
    embedding.set(hadamardRow(row), token * EMBEDDING);
  }
  output.set(hadamardRow(0), FIRST_WORD * EMBEDDING);
  for (const at of WORDS.keys()) {
    const next = at + 1 < WORDS.length ? FIRST_WORD + at + 1 : EOS;
    output.set(hadamardRow(at + 1), next * EMBEDDING);
  }
  return gguf(
    {
      'general.architecture': { text: 'llama' },
      'general.name': { text: 'tiny' },
      'general.file_type': { u32: 0 },
      'llama.context_length': { u32: 2048 },
      'llama.embedding_length': { u32: EMBEDDING },
      'llama.block_count': { u32: LAYERS },
      'llama.feed_forward_length': { u32: FEED_FORWARD },
      'llama.attention.head_count': { u32: HEADS },
      'llama.attention.head_count_kv': { u32: KV_HEADS },
      'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
      'llama.rope.dimension_count': { u32: EMBEDDING / HEADS },
      'llama.vocab_size': { u32: TOKENS.length },
      'tokenizer.ggml.model': { text: 'llama' },
      'tokenizer.ggml.tokens': { texts: TOKENS },
      'tokenizer.ggml.scores': { f32s: TOKENS.map((_, i) => (i < FIRST_WORD ? 0 : -i)) },
      'tokenizer.ggml.token_type': { i32s: TYPES },
      'tokenizer.ggml.bos_token_id': { u32: 1 },
      'tokenizer.ggml.eos_token_id': { u32: EOS },
      'tokenizer.ggml.unknown_token_id': { u32: 0 },
      'tokenizer.ggml.add_bos_token': { bool: true },
    },
    [
      matrix('token_embd.weight', EMBEDDING, TOKENS.length, embedding),
      ones('output_norm.weight'),
      matrix('output.weight', EMBEDDING, TOKENS.length, output),
      ...Array.from({ length: LAYERS }, (_, layer) => layerTensors(`blk.${layer}`)).flat(),
    ],
  );
}

function layerTensors(prefix: string): readonly Tensor[] {
  const keyValue = (EMBEDDING / HEADS) * KV_HEADS;
  return [
    ones(`${prefix}.attn_norm.weight`),
    matrix(`${prefix}.attn_q.weight`, EMBEDDING, EMBEDDING),
    matrix(`${prefix}.attn_k.weight`, EMBEDDING, keyValue),
    matrix(`${prefix}.attn_v.weight`, EMBEDDING, keyValue),
    matrix(`${prefix}.attn_output.weight`, EMBEDDING, EMBEDDING),
    ones(`${prefix}.ffn_norm.weight`),
    matrix(`${prefix}.ffn_gate.weight`, EMBEDDING, FEED_FORWARD),
    matrix(`${prefix}.ffn_up.weight`, EMBEDDING, FEED_FORWARD),
    matrix(`${prefix}.ffn_down.weight`, FEED_FORWARD, EMBEDDING),
  ];
}

function ones(name: string): Tensor {
  return { name, dims: [EMBEDDING], data: new Float32Array(EMBEDDING).fill(1) };
}

/** Zeros unless `data` is given. */
function matrix(name: string, inner: number, outer: number, data = new Float32Array(inner * outer)): Tensor {
  return { name, dims: [inner, outer], data };
}

/** Row of Sylvester's Hadamard matrix: the sign is the parity of the common bits of row and column. */
function hadamardRow(row: number): Float32Array {
  return Float32Array.from({ length: EMBEDDING }, (_, column) => {
    const ones = (row & column).toString(2).replaceAll('0', '').length;
    return ones % 2 === 0 ? 1 : -1;
  });
}
