import { expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { VoteBody } from './vote-route.ts';

const validator = Compile(VoteBody);
const vote = { prompt_id: 'arena-1', winner: 'A' };

test('a vote is accepted with and without a user', () => {
  expect(validator.Check(vote)).toBe(true);
  expect(validator.Check({ ...vote, user_id: null })).toBe(true);
  expect(validator.Check({ ...vote, user_id: 'Ann\n' })).toBe(true);
});

test.each(['prompt_id', 'user_id'])(
  'NUL in %s is an invalid request, not a failure of the database',
  (name) => {
    expect(validator.Check({ ...vote, [name]: 'a\0b' })).toBe(false);
  },
);
