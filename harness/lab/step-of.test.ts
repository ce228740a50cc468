import { expect, test } from '@jest/globals';
import { stepOf } from './step-of.ts';

test('the step of an operation is its id without the nonce and the part', () => {
  expect(stepOf('o3-abcd')).toBe('o3');
  expect(stepOf('r1w2-abcd.title')).toBe('r1w2');
  expect(stepOf('o3-abcd.full-text')).toBe('o3');
  expect(stepOf('my-step-abcd')).toBe('my-step');
});
