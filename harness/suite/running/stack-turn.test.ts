import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { claimsOf, takeTurns } from './stack-turn.ts';

const takeTurn = (folder: string, alone: boolean) => takeTurns(folder, [{ part: 'stack', alone }]);
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
  mkdirSync(join(folder, 'stack'));
  writeFileSync(join(folder, 'stack', 'shared-4194305-x'), '');
  (await takeTurn(folder, true))();
});

test('a file that wants one part alone waits for those that use this part, and for no other', async () => {
  const folder = newFolder();
  const other = await takeTurns(folder, claimsOf('e2e/memory/limits.test.ts', {}));
  const alone = await takeTurns(folder, claimsOf('e2e/open-webui/restart.test.ts', { alone: 'open-webui' }));
  const user = takeTurns(folder, claimsOf('e2e/workers/list.test.ts', { uses: 'open-webui' }));
  expect(await hasCome(user)).toBe(false);
  alone();
  (await user)();
  other();
});

test('a file that wants the stack alone keeps out those that want a part', async () => {
  const folder = newFolder();
  const alone = await takeTurns(folder, claimsOf('e2e/resilience/restart.test.ts', { alone: '' }));
  const part = takeTurns(folder, claimsOf('e2e/open-webui/restart.test.ts', { alone: 'open-webui' }));
  expect(await hasCome(part)).toBe(false);
  alone();
  (await part)();
});

test('the whole stack is claimed before its parts, and these in one order', () => {
  const claims = claimsOf('e2e/workers/list.test.ts', { uses: ['open-webui', 'litellm'] });
  expect(claims.map(({ part }) => part)).toEqual(['stack', 'litellm', 'open-webui', 'workers']);
});
