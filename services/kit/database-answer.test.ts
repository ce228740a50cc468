import { expect, test } from '@jest/globals';
import { isDatabaseUnavailable } from './database.ts';
import { databaseAnswer } from './database-answer.ts';

test('an answer and a refusal pass as they are', async () => {
  expect(await databaseAnswer(Promise.resolve(1))).toBe(1);
  await expect(databaseAnswer(Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a database that never answers is one that is not to be had', async () => {
  const error = await databaseAnswer(new Promise(() => undefined), 1).catch((cause: unknown) => cause);
  expect(isDatabaseUnavailable(error)).toBe(true);
});
