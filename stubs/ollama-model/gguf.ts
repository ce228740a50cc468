/** A value of the file's metadata with its GGUF type. */
export type MetadataValue =
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly f32s: readonly number[] }
  | { readonly i32s: readonly number[] };

export type Tensor = {
  readonly name: string;
  /** Innermost dimension first. */
  readonly dims: readonly number[];
  readonly data: Float32Array;
};

const ALIGNMENT_BYTES = 32;
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;

/** A GGUF version 3 file with F32 tensors (format: ggml's docs/gguf.md). The same input gives the same bytes. */
export function gguf(metadata: Readonly<Record<string, MetadataValue>>, tensors: readonly Tensor[]): Buffer {
  const pairs = Object.entries(metadata).flatMap(([key, value]) => [text(key), ...encoded(value)]);
  const infos: Buffer[] = [];
  const bodies: Buffer[] = [];
  let offset = 0;
  for (const { name, dims, data } of tensors) {
    if (data.length !== dims.reduce((product, dim) => product * dim, 1))
      throw new Error(`${name}: wrong size`);
    infos.push(text(name), u32(dims.length), ...dims.map(u64), u32(0), u64(offset));
    const bytes = padded(f32s(data));
    bodies.push(bytes);
    offset += bytes.length;
  }
  const count = [u64(tensors.length), u64(Object.keys(metadata).length)];
  const head = Buffer.concat([Buffer.from('GGUF'), u32(3), ...count, ...pairs, ...infos]);
  return Buffer.concat([padded(head), ...bodies]);
}

function encoded(value: MetadataValue): readonly Buffer[] {
  if ('u32' in value) return [u32(TYPE.u32), u32(value.u32)];
  if ('f32' in value) return [u32(TYPE.f32), f32s([value.f32])];
  if ('bool' in value) return [u32(TYPE.bool), Buffer.from([value.bool ? 1 : 0])];
  if ('text' in value) return [u32(TYPE.text), text(value.text)];
  if ('texts' in value) return [...array(TYPE.text, value.texts.length), ...value.texts.map(text)];
  if ('f32s' in value) return [...array(TYPE.f32, value.f32s.length), f32s(value.f32s)];
  return [...array(TYPE.i32, value.i32s.length), ...value.i32s.map((item) => u32(item))];
}

function array(type: number, length: number): readonly Buffer[] {
  return [u32(TYPE.array), u32(type), u64(length)];
}

function padded(bytes: Buffer): Buffer {
  const rest = bytes.length % ALIGNMENT_BYTES;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(ALIGNMENT_BYTES - rest)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32s(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i += 1) bytes.writeFloatLE(values[i] ?? 0, i * 4);
  return bytes;
}
