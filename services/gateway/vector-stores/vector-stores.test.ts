import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributeFilter } from './attribute-filter.ts';
import { chunksOf } from './chunk.ts';

test('chunks overlap, hold every character, and cut no word where there is a space near', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 5, maxLength: 30 }), { minLength: 500, maxLength: 800, size: 'max' }),
      (words) => {
        const text = words.join(' ');
        let covered = 0;
        for (const chunk of chunksOf(text)) {
          const at = text.indexOf(chunk, Math.max(0, covered - 3_300));
          expect(text.slice(covered, at).trim()).toBe('');
          covered = Math.max(covered, at + chunk.length);
        }
        expect(text.slice(covered).trim()).toBe('');
      },
    ),
    { numRuns: 30 },
  );
  const [first = ''] = chunksOf('word '.repeat(2_000));
  expect([first.length <= 3_200, first.endsWith('word ')]).toEqual([true, true]);
});

test('a text without spaces is cut all the same', () => {
  expect(chunksOf('x'.repeat(10_000)).every(({ length }) => length <= 3_200)).toBe(true);
  expect(chunksOf('  \n ')).toEqual([]);
});

test.each([
  [{ type: 'eq', key: 'kind', value: 'a' }, true],
  [{ type: 'ne', key: 'kind', value: 'a' }, false],
  [{ type: 'gt', key: 'year', value: 2000 }, true],
  [{ type: 'lte', key: 'year', value: 2000 }, false],
  [{ type: 'gt', key: 'kind', value: 0 }, false],
  [{ type: 'eq', key: 'toString', value: undefined }, true],
  [{ type: 'in', key: 'kind', value: ['b', 'a'] }, true],
  [
    {
      type: 'and',
      filters: [
        { type: 'eq', key: 'kind', value: 'a' },
        { type: 'lt', key: 'year', value: 1 },
      ],
    },
    false,
  ],
  [
    {
      type: 'or',
      filters: [
        { type: 'eq', key: 'kind', value: 'a' },
        { type: 'lt', key: 'year', value: 1 },
      ],
    },
    true,
  ],
  [null, true],
])('the filter %j on a file of kind a from 2020 says %j', (filter, expected) => {
  expect(attributeFilter(filter, 'filters')({ kind: 'a', year: 2020 })).toBe(expected);
});

test.each([[{ type: 'constructor', key: 'a' }], ['text'], [{ type: 'and' }], [{ type: 'eq' }]])(
  '%j is no filter',
  (filter) => {
    expect(() => attributeFilter(filter, 'filters')).toThrow('no filter');
  },
);
