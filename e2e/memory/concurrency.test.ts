import { expect, test } from '@jest/globals';
import { journalOf } from '../../harness/suite/journal.ts';
import { extract, memoriesOf, newUser } from '../../harness/suite/memory.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';

test('50 identical extractions at the same time store the fact once and ask the model once', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  // The model takes its time, so that all 50 have come before the first is done.
  const { id, mark } = newOperation({ at: 'memory', ttft: 700 });
  const sentence = `My favorite number is 50. ${mark}`;
  const answers = await Promise.all(Array.from({ length: 50 }, () => extract(user, sentence)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const saved = answers.flatMap(({ data }) => data.memories_saved);
  expect(saved).toHaveLength(1);
  expect(await memoriesOf(user)).toHaveLength(1);
  expect(await journalOf(id, 'memory')).toHaveLength(1);
});

test('every answer to an identical extraction comes after the fact can be read', async () => {
  await needsScriptedProvider('memory');
  const user = newUser();
  const { mark } = newOperation({ at: 'memory', ttft: 300 });
  const extractThenRead = async () => {
    await extract(user, `My favorite season is autumn. ${mark}`);
    return (await memoriesOf(user)).length;
  };
  const seen = await Promise.all(Array.from({ length: 10 }, extractThenRead));
  expect(seen).toEqual(seen.map(() => 1));
});

test('different extractions at the same time are all stored', async () => {
  const user = newUser();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => extract(user, `My favorite number is ${at}.`)),
  );
  expect(answers.flatMap(({ data }) => data.memories_saved)).toHaveLength(20);
  const numbers = (await memoriesOf(user)).map(({ full_text: text }) => Number(/\d+/.exec(text)?.[0]));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at));
});

test('what was acknowledged is read by the next request, whichever worker answers', async () => {
  const user = newUser();
  await extract(user, 'I live in Lisbon.');
  const lists = await Promise.all(Array.from({ length: 10 }, () => memoriesOf(user)));
  expect(new Set(lists.map((list) => JSON.stringify(list))).size).toBe(1);
  expect(lists[0]).toHaveLength(1);
});
