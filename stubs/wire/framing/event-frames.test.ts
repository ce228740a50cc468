import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventFrames, type Frame, malformed, multiByteCharacter } from './event-frames.ts';

function frames(stream: Buffer, at: readonly number[] = []): Frame[] {
  const splitter = new EventFrames();
  const places = [
    0,
    ...at.map((place) => place % (stream.length + 1)).toSorted((a, b) => a - b),
    stream.length,
  ];
  const found = places
    .slice(1)
    .flatMap((place, index) => [...splitter.push(stream.subarray(places[index], place))]);
  return [...found, ...splitter.flush()];
}

test('frames end with a blank line, and only those with data count', () => {
  const found = frames(
    Buffer.from(': ping\n\ndata: 1\n\nevent: x\nid: 2\ndata: {"a":1}\n\ndatabase: no\n\ndata: rest'),
  );
  expect(found.map(({ bytes, data }) => [bytes.toString(), data])).toEqual([
    [': ping\n\n', false],
    ['data: 1\n\n', true],
    ['event: x\nid: 2\ndata: {"a":1}\n\n', true],
    ['database: no\n\n', false],
    ['data: rest', false],
  ]);
});

const eol = fc.constantFrom('\n', '\r\n', '\r');
const line = fc.oneof(
  fc.constant('data: {"t":"é–😀"}'),
  fc.constant(': ping'),
  fc.constant('data'),
  fc.string(),
);
const stream = fc
  .array(fc.tuple(fc.array(fc.tuple(line, eol), { maxLength: 3 }), eol), { maxLength: 8 })
  .map((list) => list.map(([lines, blank]) => lines.flat().join('') + blank).join(''));

test('any slicing gives the same frames, and together they are the stream', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat({ max: 1_000 }), { maxLength: 30 }), (text, places) => {
      const bytes = Buffer.from(text);
      const whole = frames(bytes);
      expect(frames(bytes, places)).toEqual(whole);
      expect(Buffer.concat(whole.map((frame) => frame.bytes))).toEqual(bytes);
    }),
    { numRuns: 100 },
  );
});

test('a frame longer than the limit is let go in parts', () => {
  const found = frames(Buffer.from(`data: ${'x'.repeat(1_100_000)}\n\ndata: 1\n\n`), [1_050_000]);
  expect(found.at(-1)).toEqual({ bytes: Buffer.from('data: 1\n\n'), data: true });
});

test.each(['{"a":{"b":"é😀"}}', '[DONE]', '12', '"text"', 'x', ''])(
  'malformed data of %j is no JSON',
  (data) => {
    const bad = malformed(Buffer.from(`id: 1\ndata: ${data}\n\n`)).toString();
    expect(bad).toMatch(/^id: 1\ndata: .*\n\n$/);
    expect(() => JSON.parse(bad.slice(12))).toThrow(SyntaxError);
  },
);

test('the next multi-byte character is found from a place inside another', () => {
  const bytes = Buffer.from('aé–b😀');
  expect(multiByteCharacter(bytes, 0)).toBe(1);
  expect(multiByteCharacter(bytes, 2)).toBe(3);
  expect(multiByteCharacter(bytes, 4)).toBe(7);
  expect(multiByteCharacter(bytes, 8)).toBe(-1);
});
