import { expect, test } from '@jest/globals';
import { operationOfPart, stepOf } from './step-of.ts';

test('the step is what stands before the nonce', () => {
  expect(stepOf('o3-5f1c')).toBe('o3');
  expect(stepOf('r1w2-5f1c')).toBe('r1w2');
  expect(stepOf('my-own-step-5f1c')).toBe('my-own-step');
});

test('parts of a request are of its step, whatever is in their names', () => {
  for (const part of ['title', 'full-text', '2.life', 'a-b.c-d']) {
    expect(stepOf(operationOfPart('o3-5f1c', part))).toBe('o3');
    expect(stepOf(operationOfPart('my-step-5f1c', part))).toBe('my-step');
  }
});

test('an id that no run made stands for itself', () => {
  expect(stepOf('o3')).toBe('o3');
});
