import { expect, test } from '@jest/globals';
import { factKey, makeFact } from './fact.ts';

test('texts are cut to the limits of their columns, counted in code points', () => {
  const fact = makeFact('😀'.repeat(101), 'y'.repeat(501));
  expect(fact?.caption).toBe(`${'😀'.repeat(97)}...`);
  expect(fact?.fullText).toBe(`${'y'.repeat(497)}...`);
  expect(makeFact('😀'.repeat(100), 'y')?.caption).toBe('😀'.repeat(100));
});

test('directives, NUL and surplus white space do not become memories', () => {
  expect(makeFact('My name\0 is  Ann [[op=1]]', '')).toEqual({
    caption: 'My name is Ann',
    fullText: 'My name is Ann',
  });
  expect(makeFact(' ', '[[op=1]]')).toBeUndefined();
});

test('the key ignores case, spacing and the final full stop', () => {
  const key = (text: string) => factKey({ caption: 'c', fullText: text });
  expect(key('My name is Ann.')).toBe(key('my name is ann'));
  expect(key('My name is Ann')).not.toBe(key('My name is Anna'));
});
