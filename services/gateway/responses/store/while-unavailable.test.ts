import { expect, test } from '@jest/globals';
import { whileUnavailable } from './while-unavailable.ts';

const unavailable = () => Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' });

test('a statement is tried again while the database is gone, and knows that it is', async () => {
  const tries: boolean[] = [];
  const answer = await whileUnavailable(5_000, async (isRepeated) => {
    tries.push(isRepeated);
    if (tries.length < 3) throw unavailable();
    return 'there';
  });
  expect([answer, tries]).toEqual(['there', [false, true, true]]);
});

test('an error of the statement itself is thrown at once, and the wait for a database has a bound', async () => {
  let tries = 0;
  const failing = (error: Error) => async () => {
    tries += 1;
    throw error;
  };
  await expect(whileUnavailable(5_000, failing(new Error('wrong')))).rejects.toThrow('wrong');
  await expect(whileUnavailable(0, failing(unavailable()))).rejects.toThrow('gone');
  expect(tries).toBe(2);
});
