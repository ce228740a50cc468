import { expect, test } from '@jest/globals';
import { readExposition, sumOf, wentDown } from './exposition.ts';

const text = (count: number, more = '') => `# HELP a_total Things.
# TYPE a_total counter
a_total{route="/x",status="200"} ${count}
a_total{route="/y \\"q\\", n"} 2

# TYPE t_seconds histogram
t_seconds_bucket{le="+Inf"} ${count}
t_seconds_sum 1.5
# TYPE open gauge
open 7
${more}`;

test('samples are read with their labels, escapes included', () => {
  const { samples, types } = readExposition(text(3));
  expect(samples.map(({ name, value }) => [name, value])).toEqual([
    ['a_total', 3],
    ['a_total', 2],
    ['t_seconds_bucket', 3],
    ['t_seconds_sum', 1.5],
    ['open', 7],
  ]);
  expect(samples[1]?.labels).toEqual({ route: '/y "q", n' });
  expect(types.get('open')).toBe('gauge');
  expect(sumOf(readExposition(text(3)), 'a_total')).toBe(5);
  expect(sumOf(readExposition(text(3)), 'a_total', { status: '200' })).toBe(3);
});

test('what falls or is gone is found, a gauge may fall', () => {
  const before = readExposition(text(3, 'b 1'));
  expect(wentDown(before, readExposition(text(4).replace('open 7', 'open 1')))).toEqual([]);
  expect(wentDown(before, readExposition(text(2)))).toEqual([
    'a_total{route="/x",status="200"}: 3 → 2',
    't_seconds_bucket{le="+Inf"}: 3 → 2',
  ]);
  expect(
    wentDown(before, readExposition('# TYPE a_total counter\na_total{route="/x",status="200"} 3')),
  ).toHaveLength(3);
});

test.each([
  ['a line that is no sample', 'a_total'],
  ['a value that is no number', 'a_total x'],
  ['a label without quotes', 'a_total{a=1} 1'],
  ['a series that is told twice', 'a{x="1"} 1\na{x="1"} 2'],
  ['a type after its samples', 'a 1\n# TYPE a counter'],
])('%s is refused', (_, wrong) => {
  expect(() => readExposition(wrong)).toThrow();
});
