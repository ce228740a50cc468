import { expect, test } from '@jest/globals';
import { newMatchup, pickPair, promptHash } from './matchup.ts';
import { sessionTooYoung } from './vote.ts';

test('a matchup has an id of its own and keeps the order of its models', () => {
  const one = newMatchup('Hi', ['x', 'y']);
  expect(one).toMatchObject({ modelA: 'x', modelB: 'y', promptHash: promptHash('Hi') });
  expect(one.promptId).toMatch(/^arena-[0-9a-f]{16}$/);
  expect(newMatchup('Hi', ['x', 'y']).promptId).not.toBe(one.promptId);
});

test('white space does not make another prompt', () => {
  expect(promptHash('  What\n is  this ')).toBe(promptHash('What is this'));
  expect(promptHash('What is this')).not.toBe(promptHash('What is that'));
});

test('every ordered pair can be picked, never the same entry twice', () => {
  const pairs = [0, 1, 2].flatMap((first) =>
    [0, 1].map((second) => {
      const rolls = [first, second];
      return pickPair(['a', 'b', 'c'], () => rolls.shift() ?? 0)?.join('');
    }),
  );
  expect(pairs.toSorted()).toEqual(['ab', 'ac', 'ba', 'bc', 'ca', 'cb']);
});

test('one competitor is no pair', () => {
  expect(pickPair(['a'], () => 0)).toBeUndefined();
});

test('the age of a session is read from seconds and from milliseconds', () => {
  const now = 1_800_000_000_000;
  expect(sessionTooYoung(now - 3_599_000, now)).toBe(true);
  expect(sessionTooYoung(now - 3_600_000, now)).toBe(false);
  expect(sessionTooYoung((now - 3_599_000) / 1_000, now)).toBe(true);
  expect(sessionTooYoung((now - 3_600_000) / 1_000, now)).toBe(false);
});
