// biome-ignore-all lint/suspicious/noTemplateCurlyInString: compose writes variables this way
import { expect, test } from '@jest/globals';
import { interpolate } from './interpolate.ts';

test('what stands behind a plus takes the place of a value, and of none', () => {
  const text = '${A:+x-${B}} ${A+x} ${C:+x}|${C+x}';
  expect(interpolate(text, { A: '', B: '1' })).toBe(' x |');
  expect(interpolate(text, { A: '0', B: '1' })).toBe('x-1 x |');
});

test('a variable is replaced, an unset one is empty', () => {
  expect(interpolate('a-$A-${B}-${C}', { A: '1', B: '2' })).toBe('a-1-2-');
});

test('":-" covers unset and empty, "-" only unset', () => {
  expect(interpolate('${A:-x} ${A-x} ${B-x}', { A: '' })).toBe('x  x');
});

test('defaults nest, braces in them too', () => {
  expect(interpolate('${A:-${B:-${C}}}', { C: 'deep' })).toBe('deep');
  expect(interpolate('${A:-{}}', {})).toBe('{}');
});

test('two dollars are one, a lone dollar stays', () => {
  expect(interpolate('$$A costs 5$', { A: '1' })).toBe('$A costs 5$');
});

test('a missing required variable says what it is for', () => {
  expect(() => interpolate('${KEY:?the provider key}', {})).toThrow('KEY is required: the provider key');
});

test('an unclosed brace is an error', () => {
  expect(() => interpolate('${A', {})).toThrow('unclosed');
});
