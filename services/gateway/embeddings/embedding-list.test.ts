import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EmbeddingList, encoded, inputCount, readEmbeddingList } from './embedding-list.ts';

const listOf = (...embeddings: (readonly number[] | string)[]): EmbeddingList => ({
  data: embeddings.map((embedding, index) => ({ index, embedding })),
});
const read = (list: unknown, count: number) => readEmbeddingList(Buffer.from(JSON.stringify(list)), count);

test('vectors come through both encodings unchanged, whichever the provider speaks', () => {
  const vectors = fc.array(fc.float32Array({ noNaN: true, minLength: 1, maxLength: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(vectors, (all) => {
      const floats = listOf(...all.map((vector) => Array.from(vector)));
      const packed = listOf(...all.map((vector) => Buffer.from(vector.buffer).toString('base64')));
      expect(encoded(floats, 'base64')).toEqual(packed);
      expect(encoded(packed, 'float')).toEqual(floats);
    }),
  );
});

test('a list that is right already is not copied', () => {
  const floats = listOf([1, 2]);
  expect(encoded(floats, 'float')).toBe(floats);
});

test('tokens are one input, and a list of texts or of tokens is as many as it has', () => {
  expect([
    inputCount('a'),
    inputCount([1, 2, 3]),
    inputCount(['a', 'b']),
    inputCount([[1], [2], [3]]),
  ]).toEqual([1, 1, 2, 3]);
});

test('an answer that leaves an input without its vector is none', () => {
  expect(read(listOf([1], [2]), 2)).toEqual(listOf([1], [2]));
  expect(read(listOf([1]), 2)).toBeUndefined();
  const twice = { data: [0, 0].map((index) => ({ index, embedding: [1] })) };
  expect(read(twice, 2)).toBeUndefined();
  expect(read({ data: [{ index: 0, embedding: null }] }, 1)).toBeUndefined();
  expect(read({ data: [null] }, 1)).toBeUndefined();
  expect(read({ error: 'no' }, 1)).toBeUndefined();
  expect(readEmbeddingList(Buffer.from('{'), 1)).toBeUndefined();
});
