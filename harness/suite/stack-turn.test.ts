import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { takeTurn } from './stack-turn.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'turns-'));

/** Whether a turn has come by now, without keeping it from coming later. */
const hasCome = async (turn: Promise<unknown>) =>
  Promise.race([turn.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

test('a file that wants the stack alone waits for one that shares it', async () => {
  const folder = newFolder();
  const leave = await takeTurn(folder, false);
  const alone = takeTurn(folder, true);
  expect(await hasCome(alone)).toBe(false);
  leave();
  (await alone)();
});

test('a file waits for one that has the stack alone', async () => {
  const folder = newFolder();
  const leave = await takeTurn(folder, true);
  const shared = takeTurn(folder, false);
  const secondAlone = takeTurn(folder, true);
  expect(await hasCome(shared)).toBe(false);
  expect(await hasCome(secondAlone)).toBe(false);
  leave();
  await Promise.all([shared.then((give) => give()), secondAlone.then((give) => give())]);
});

test('the mark of a process that has crashed holds nobody up', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'shared-4194305'), '');
  (await takeTurn(folder, true))();
});
