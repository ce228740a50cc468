import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { models, SENTENCE } from './models.ts';

type Parsed = { readonly metadata: Map<string, unknown>; readonly tensors: Map<string, Float32Array> };

/** Reads the file back by the format's description, without the writer's code. */
function parse(file: Buffer): Parsed {
  let at = 4;
  const take = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const u32 = () => file.readUInt32LE(take(4));
  const u64 = () => Number(file.readBigUInt64LE(take(8)));
  const text = () => {
    const length = u64();
    const from = take(length);
    return file.toString('utf8', from, at);
  };
  const value = (type: number): unknown => {
    if (type === 4 || type === 5) return u32();
    if (type === 6) return file.readFloatLE(take(4));
    if (type === 7) return file[take(1)] === 1;
    if (type === 8) return text();
    const [item, length] = [u32(), u64()];
    return Array.from({ length }, () => value(item));
  };
  expect([file.toString('latin1', 0, 4), u32()]).toEqual(['GGUF', 3]);
  const [tensorCount, pairCount] = [u64(), u64()];
  const metadata = new Map<string, unknown>();
  for (let i = 0; i < pairCount; i += 1) metadata.set(text(), value(u32()));
  const infos = Array.from({ length: tensorCount }, () => {
    const name = text();
    const dims = Array.from({ length: u32() }, u64);
    expect(u32()).toBe(0);
    return { name, length: dims.reduce((a, b) => a * b, 1), offset: u64() };
  });
  const start = Math.ceil(at / 32) * 32;
  const tensors = new Map(
    infos.map(({ name, length, offset }) => [
      name,
      Float32Array.from({ length }, (_, i) => file.readFloatLE(start + offset + i * 4)),
    ]),
  );
  return { metadata, tensors };
}

const fileOf = (wanted: string) => models.find(({ name }) => name === wanted)?.file ?? Buffer.alloc(0);

/** The text that follows a token, greedily, up to the end or to so many words. */
function told(file: Buffer, last: string, words = 40): string {
  const { metadata, tensors } = parse(file);
  const tokens = metadata.get('tokenizer.ggml.tokens') as string[];
  const width = metadata.get('llama.embedding_length') as number;
  const embedding = tensors.get('token_embd.weight') ?? new Float32Array();
  const output = tensors.get('output.weight') ?? new Float32Array();
  const logit = (from: number, to: number) => {
    let sum = 0;
    for (let i = 0; i < width; i += 1)
      sum += (embedding[from * width + i] ?? 0) * (output[to * width + i] ?? 0);
    return sum;
  };
  const next = (from: number) => {
    const logits = tokens.map((_, to) => logit(from, to));
    const best = Math.max(...logits);
    expect(logits.filter((value) => value > best - 60)).toHaveLength(1);
    return logits.indexOf(best);
  };
  const said: string[] = [];
  for (let token = next(3 + last.charCodeAt(0)); tokens[token] !== '</s>'; token = next(token)) {
    if (said.push(tokens[token] ?? '') === words) break;
  }
  return said.join('').replaceAll('\u2581', ' ').trim();
}

test('the same file comes out on every machine', () => {
  const file = fileOf('tiny');
  expect(file.length % 32).toBe(0);
  expect(createHash('sha256').update(file).digest('hex')).toBe(
    'ae13226220adf341a5feca568a8ccfad529b5ec58ba2fa07cce068ec739d7c85',
  );
});

test('following the largest logit from any token says the sentence and ends', () => {
  expect(told(fileOf('tiny'), 'A')).toBe(SENTENCE);
});

test('the endless model says its sentence again and again', () => {
  expect(told(fileOf('tiny-endless'), 'A', 34)).toBe(`${SENTENCE} ${SENTENCE}`);
});

test('the model with tools writes a call, and after a result something else', () => {
  const call = JSON.parse(told(fileOf('tiny-tools'), 'A')) as unknown;
  expect(call).toEqual({ name: 'get_weather', parameters: { city: 'Paris' } });
  expect(told(fileOf('tiny-tools'), '!')).toBe('It is sunny in Paris .');
});

test('the embedding model takes the last token, and gives letters that differ rows that share nothing', () => {
  const { metadata, tensors } = parse(fileOf('tiny-embed'));
  expect(metadata.get('llama.pooling_type')).toBe(3);
  const rowOf = (letter: string) => {
    const at = 64 * (3 + letter.charCodeAt(0));
    return (tensors.get('token_embd.weight') ?? new Float32Array()).subarray(at, at + 64);
  };
  const dot = (a: string, b: string) =>
    rowOf(a).reduce((sum, value, i) => sum + value * (rowOf(b)[i] ?? 0), 0);
  expect([dot('a', 'a'), dot('a', 'b'), dot('b', 'z')]).toEqual([64, 0, 0]);
});

test('the vocabulary has all bytes and the tables agree in length', () => {
  for (const { file } of models) {
    const { metadata, tensors } = parse(file);
    const tokens = metadata.get('tokenizer.ggml.tokens') as string[];
    expect(tokens.filter((token) => /^<0x[0-9A-F]{2}>$/.test(token))).toHaveLength(256);
    for (const key of ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type']) {
      expect(metadata.get(key)).toHaveLength(tokens.length);
    }
    expect(tensors.get('token_embd.weight')).toHaveLength(tokens.length * 64);
    expect([...(tensors.get('blk.1.ffn_down.weight') ?? [1])].every((weight) => weight === 0)).toBe(true);
  }
});
