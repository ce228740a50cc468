import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OperationScanner } from './operation-scanner.ts';

function scan(text: string, at: readonly number[] = []): string[] {
  const scanner = new OperationScanner();
  const bytes = Buffer.from(text);
  const places = [0, ...at.map((place) => place % bytes.length).toSorted((a, b) => a - b), bytes.length];
  const found = places
    .slice(1)
    .flatMap((place, index) => [...scanner.push(bytes.subarray(places[index], place))]);
  return [...found, ...scanner.end()].map(({ operation }) => operation);
}

test('an id is found in a directive block among other keys', () => {
  expect(scan('{"content":"Hi [[say=x op=a1-b2 cut=3]]"}')).toEqual(['a1-b2']);
});

test('words that end in op, and ids without a value, are none', () => {
  expect(scan('stop=5 [[loop=7]] x.op=1 op= op, shop=op')).toEqual([]);
});

test('an id is whole: a longer one is not taken for its beginning', () => {
  expect(scan('[[op=12]] [[op=123]]')).toEqual(['12', '123']);
});

test('JSON escapes are seen through, nested ones too', () => {
  expect(scan('"[[say=x\\nop\\u003dab\\u0063]]\\u005d"')).toEqual(['abc']);
  expect(scan('"{\\"text\\":\\"\\\\n[[op\\\\u003Dq7\\\\nnext]]\\"}"')).toEqual(['q7']);
  expect(scan('"\\u005b\\u005bop=k\\u005d\\u005d"')).toEqual(['k']);
});

test('the same ids are found in any slicing', () => {
  const text = `op=first ${'stop the loop, option '.repeat(20)} [[op=${'x'.repeat(128)} a=1]]"\\n[[op\\u003dab\\u0063]]\\top=last`;
  const whole = scan(text);
  expect(whole).toEqual(['first', 'x'.repeat(128), 'abc', 'last']);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5_000 }), { maxLength: 40 }), (places) => {
      expect(scan(text, places)).toEqual(whole);
    }),
    { numRuns: 100 },
  );
});

test('an id says where it ends in its chunk', () => {
  const scanner = new OperationScanner();
  expect(scanner.push(Buffer.from('[[op=a'))).toEqual([]);
  expect(scanner.push(Buffer.from('b]] and more'))).toEqual([{ operation: 'ab', end: 1 }]);
});
