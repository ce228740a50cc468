import { expect, test } from '@jest/globals';
import { evaluate } from './expression.ts';

test.each([
  ['2+2', 4],
  ['2 + 3 * 4', 14],
  ['(2 + 3) * 4', 20],
  ['10 - 4 - 3', 3],
  ['2 ^ 3 ^ 2', 512],
  ['2 ** 10', 1024],
  ['-2 ^ 2', -4],
  ['2 * -3', -6],
  ['7 % 4 / 2', 1.5],
  ['1.5e3 + .5', 1500.5],
  ['6 × 7 ÷ 2', 21],
])('%s is %d', (expression, value) => {
  expect(evaluate(expression)).toBe(value);
});

test.each([
  ['', 'ends early'],
  ['2 +', 'ends early'],
  ['(2', 'not closed'],
  ['2 3', 'out of place'],
  [')', 'out of place'],
  ['process.exit()', 'not part of arithmetic'],
  ['1 / 0', 'not a finite number'],
  ['('.repeat(500), 'nested too deeply'],
  ['-'.repeat(500), 'nested too deeply'],
])('%s is refused', (expression, sentence) => {
  expect(() => evaluate(expression)).toThrow(sentence);
});
