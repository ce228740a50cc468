import { expect, test } from '@jest/globals';
import { grow, inPieces } from './growing-message.ts';
import type { Platform } from './platform.ts';

const place = { chat: '1', thread: '' };

/** A platform that keeps edits, each over only when the test says so. */
function slowPlatform(answer: 'edited' | 'gone' = 'edited') {
  const edits: string[] = [];
  const waiting: (() => void)[] = [];
  const platform = {
    textLimit: 10,
    edit: (_place: unknown, _message: string, text: string) => {
      edits.push(text);
      return new Promise((resolve) => waiting.push(() => resolve(answer)));
    },
  } as unknown as Platform;
  return { platform, edits, finish: () => waiting.shift()?.() };
}

const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test('one edit is under way at a time, and the next has the latest text', async () => {
  const { platform, edits, finish } = slowPlatform();
  const message = grow(platform, place, '1', 1, () => undefined);
  message.show('a');
  await until(() => edits.length === 1);
  message.show('a b');
  message.show('a b c');
  finish();
  await until(() => edits.length === 2);
  finish();
  await message.settled();
  expect(edits).toEqual(['a', 'a b c']);
});

test('what is longer than a message is shown as far as it fits, once', async () => {
  const { platform, edits, finish } = slowPlatform();
  const message = grow(platform, place, '1', 1, () => undefined);
  message.show('0123456789 more');
  await until(() => edits.length === 1);
  finish();
  message.show('0123456789 more and more');
  await message.settled();
  expect(edits).toEqual(['0123456789']);
});

test('a message that somebody has deleted is told of', async () => {
  const { platform, edits, finish } = slowPlatform('gone');
  let isGone = false;
  const message = grow(platform, place, '1', 1, () => {
    isGone = true;
  });
  message.show('a');
  await until(() => edits.length === 1);
  finish();
  await message.settled();
  expect(isGone).toBe(true);
});

test('after its end a message is edited no more', async () => {
  const { platform, edits } = slowPlatform();
  const message = grow(platform, place, '1', 1, () => undefined);
  await message.settled();
  message.show('late');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(edits).toEqual([]);
});

test.each([
  ['short', 10, ['short']],
  ['one two three', 8, ['one two', 'three']],
  ['0123456789', 4, ['0123', '4567', '89']],
  ['abc🙂d', 4, ['abc', '🙂d']],
  ['', 4, []],
])('%j in pieces of %i is %j', (text, limit, pieces) => {
  expect(inPieces(text, limit)).toEqual(pieces);
});
