import { expect, test } from '@jest/globals';
import { elementOf, markerOf, uniqueValue } from './values.ts';

test('values are of one operation and one field', () => {
  const values = ['o1-a', 'o1-ab', 'o11-a'].flatMap((unique) =>
    ['title', 'body'].map((field) => uniqueValue(field, { kind: 'text' }, unique)),
  );
  expect(new Set(values).size).toBe(6);
  const numbers = ['o1-a', 'o2-a'].map((unique) => uniqueValue('stars', { kind: 'number' }, unique));
  expect(new Set(numbers).size).toBe(2);
  expect(uniqueValue('stars', { kind: 'number' }, 'o1-a')).toBe(numbers[0]);
});

test('no marker is the beginning of another', () => {
  expect(markerOf('o1-ab').startsWith(markerOf('o1-a'))).toBe(false);
});

test('an item is the element that all its texts are of, and none when they are of several', () => {
  const text = (unique: string) => `remember ${markerOf(unique)} title`;
  expect(elementOf({ title: text('a'), body: text('a') }, ['title', 'body'])).toBe('<#a>');
  expect(elementOf({ title: text('a'), body: text('b') }, ['title', 'body'])).toBe('<#a> mixed with <#b>');
  expect(elementOf({ title: text('a'), body: text('b') }, ['title'])).toBe('<#a>');
  expect(elementOf({ title: 'Hello' }, ['title'])).toBe('{"title":"Hello"}');
});
