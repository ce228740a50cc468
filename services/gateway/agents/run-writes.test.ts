import { expect, test } from '@jest/globals';
import { joined, type Piece } from './run-writes.ts';

const output = (text: string): Piece => ({ type: 'output', text });
const reasoning = (text: string): Piece => ({ type: 'reasoning', text });
const lengths = (pieces: readonly Piece[]) => pieces.map(({ text }) => text.length);

test('neighbours of one type are one event, in the order in which they came', () => {
  const pieces = [output('a'), output('b'), reasoning('c'), reasoning('d'), output('e')];
  expect(joined(pieces)).toEqual([output('ab'), reasoning('cd'), output('e')]);
  expect(joined([])).toEqual([]);
});

test('what is longer than an event may be is several, which add up to it', () => {
  const pieces = [output('x'.repeat(65_000)), output('y'.repeat(1_000)), output('z'.repeat(200_000))];
  const events = joined(pieces);
  expect(Math.max(...lengths(events))).toBeLessThanOrEqual(65_536);
  expect(events.map(({ text }) => text).join('')).toBe(pieces.map(({ text }) => text).join(''));
});

test('no character is cut into halves', () => {
  const text = `x${'😀'.repeat(100_000)}`;
  const events = joined([output(text)]);
  expect(events.length).toBeGreaterThan(3);
  for (const event of events) expect(event.text.isWellFormed()).toBe(true);
  expect(events.map((event) => event.text).join('')).toBe(text);
});
