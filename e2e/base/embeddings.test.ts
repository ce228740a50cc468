/** @provider any */
import { beforeEach, expect } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { askingFor, test } from '../../harness/suite/setup/models.ts';

beforeEach(() => needs('embeddings'));

// covers 002/embedding-dimension
test.over(['embedding', 'dimension'])(
  'a text becomes a vector of the length that the setup names',
  async ({ embedding, dimension }) => {
    const { object, data } = await caller().embeddings.create({
      model: embedding,
      input: 'What is a worker?',
      ...askingFor(dimension),
    });
    expect(object).toBe('list');
    expect(data).toHaveLength(1);
    expect(data[0]?.embedding).toHaveLength(dimension);
    expect(data[0]?.embedding.every(Number.isFinite)).toBe(true);
  },
);

test.over(['embedding'])('several texts become as many vectors, in their order', async ({ embedding }) => {
  const input = ['blue sky', 'fast car', 'blue sky'];
  const { data } = await caller().embeddings.create({ model: embedding, input });
  expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
  const [sky, car, again] = data.map((each) => each.embedding);
  expect(car).not.toEqual(sky);
  expect(nearness(sky ?? [], again ?? [])).toBeGreaterThan(nearness(sky ?? [], car ?? []));
});

/** Cosine of the angle between two vectors: hosted models don't repeat the last digits of theirs. */
function nearness(one: readonly number[], other: readonly number[]): number {
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return product(one, other) / Math.sqrt(product(one, one) * product(other, other));
}
