import { gguf, type Tensor } from './gguf.ts';

/** What a model says, as a chain of words. Words of one model must differ from each other. */
export interface Chain {
  readonly name: string;
  /** What it says to any prompt, word by word, before it ends. */
  readonly sentence: string;
  /** What it says instead to a prompt that ends with this ASCII character. */
  readonly after?: { readonly character: string; readonly sentence: string };
  /** After the last word comes the first one again. */
  readonly endless?: true;
  /** It embeds instead: a text as its last token, those of letters being orthogonal to each other. */
  readonly embeds?: true;
}

const EMBEDDING = 64;
const HEADS = 4;
const KV_HEADS = 2;
const FEED_FORWARD = 128;
const LAYERS = 2;
const SPACE = '\u2581';
const EOS = 2;
const LAST_POOLING = 3;

// SentencePiece needs all byte tokens; they are how any prompt can be read.
const BYTES = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
const FIRST_BYTE = 3;
const FIRST_WORD = FIRST_BYTE + BYTES.length;

/**
 * A llama model whose layers do nothing (attention output and feed-forward output are zero), so that the next token
 * is a function of the last one: every word leads to the next word of its sentence, the last one to the end, and
 * everything else to the first word (a prompt that ends in the word "a" goes on after it). The embeddings are rows of
 * a Hadamard matrix, orthogonal to each other, so the wanted token has the logit 64 and every other one 0.
 */
export function buildModel({ name, sentence, after, endless, embeds }: Chain): Buffer {
  const first = wordsOf(sentence);
  const second = after ? wordsOf(after.sentence) : [];
  const words = [...first, ...second];
  const tokens: readonly string[] = ['<unk>', '<s>', '</s>', ...BYTES, ...words];
  const types: readonly number[] = [2, 3, 3, ...BYTES.map(() => 6), ...words.map(() => 1)];
  const trigger = after ? FIRST_BYTE + after.character.charCodeAt(0) : -1;

  const rowOf = (token: number) => {
    if (token >= FIRST_WORD) return token - FIRST_WORD + 1;
    if (embeds && token >= FIRST_BYTE) return 1 + ((token - FIRST_BYTE) % (EMBEDDING - 1));
    return token === trigger ? words.length + 1 : 0;
  };
  const embedding = new Float32Array(EMBEDDING * tokens.length);
  for (const token of tokens.keys()) embedding.set(hadamardRow(rowOf(token)), token * EMBEDDING);

  const output = new Float32Array(EMBEDDING * tokens.length);
  // A token that follows several others has the sum of their rows.
  const follow = (row: number, token: number) => {
    for (const [at, sign] of hadamardRow(row).entries()) {
      output[token * EMBEDDING + at] = (output[token * EMBEDDING + at] ?? 0) + sign;
    }
  };
  follow(0, FIRST_WORD);
  if (after) follow(rowOf(trigger), FIRST_WORD + first.length);
  for (const at of words.keys()) {
    const isLast = at + 1 === first.length || at + 1 === words.length;
    const beyond = endless ? FIRST_WORD : EOS;
    follow(at + 1, isLast ? beyond : FIRST_WORD + at + 1);
  }
  return gguf(
    {
      'general.architecture': { text: 'llama' },
      'general.name': { text: name },
      'general.file_type': { u32: 0 },
      'llama.context_length': { u32: 2048 },
      'llama.embedding_length': { u32: EMBEDDING },
      'llama.block_count': { u32: LAYERS },
      'llama.feed_forward_length': { u32: FEED_FORWARD },
      'llama.attention.head_count': { u32: HEADS },
      'llama.attention.head_count_kv': { u32: KV_HEADS },
      'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
      'llama.rope.dimension_count': { u32: EMBEDDING / HEADS },
      'llama.vocab_size': { u32: tokens.length },
      // Its presence tells that a model embeds.
      ...(embeds ? { 'llama.pooling_type': { u32: LAST_POOLING } } : {}),
      'tokenizer.ggml.model': { text: 'llama' },
      'tokenizer.ggml.tokens': { texts: tokens },
      'tokenizer.ggml.scores': { f32s: tokens.map((_, i) => (i < FIRST_WORD ? 0 : -i)) },
      'tokenizer.ggml.token_type': { i32s: types },
      'tokenizer.ggml.bos_token_id': { u32: 1 },
      'tokenizer.ggml.eos_token_id': { u32: EOS },
      'tokenizer.ggml.unknown_token_id': { u32: 0 },
      'tokenizer.ggml.add_bos_token': { bool: true },
    },
    [
      matrix('token_embd.weight', EMBEDDING, tokens.length, embedding),
      ones('output_norm.weight'),
      matrix('output.weight', EMBEDDING, tokens.length, output),
      ...Array.from({ length: LAYERS }, (_, layer) => layerTensors(`blk.${layer}`)).flat(),
    ],
  );
}

function wordsOf(sentence: string): readonly string[] {
  return sentence.split(' ').map((word) => `${SPACE}${word}`);
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
