import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter, LineTooLongError } from './line-splitter.ts';

function split(chunks: readonly Buffer[]): string[] {
  const splitter = new LineSplitter(1024);
  const lines = chunks.flatMap((chunk) => splitter.push(chunk));
  const rest = splitter.rest();
  return [...lines, ...(rest ? [rest] : [])].map((line) => line.toString());
}

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

test('LF, CR and CRLF end a line', () => {
  expect(split([Buffer.from('a\nb\rc\r\nd')])).toEqual(['a', 'b', 'c', 'd']);
});

test('a CRLF cut in two is one line end, two LF are two', () => {
  expect(split([Buffer.from('a\r'), Buffer.from('\nb\n'), Buffer.from('\nc\n')])).toEqual([
    'a',
    'b',
    '',
    'c',
  ]);
});

test('the lines do not depend on where the chunks were cut, inside characters included', () => {
  const piece = fc.constantFrom('a', 'ü', '😀', '\r', '\n', '\r\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 8 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      expect(split(cutAt(bytes, cuts))).toEqual(split([bytes]));
    }),
  );
});

test('a line over the bound is refused before it is whole', () => {
  const splitter = new LineSplitter(10);
  splitter.push(Buffer.from('123456'));
  expect(() => splitter.push(Buffer.from('789012'))).toThrow(LineTooLongError);
});
