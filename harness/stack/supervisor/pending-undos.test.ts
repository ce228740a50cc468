import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { PendingUndos } from './pending-undos.ts';

function recording(failure?: string) {
  const ran: string[] = [];
  const undos = new PendingUndos(async (args) => {
    ran.push(args.join(' '));
    return failure;
  });
  return { ran, undos };
}

async function until(condition: () => boolean): Promise<void> {
  for (const limit = Date.now() + 2_000; !condition() && Date.now() < limit; ) await delay(2);
}

test('what is not asked for is undone when its time is over', async () => {
  const { ran, undos } = recording();
  undos.later('memory pause', [['unpause', 'c1']], 20);
  expect(ran).toEqual([]);
  await until(() => ran.length > 0);
  expect(ran).toEqual(['unpause c1']);
});

test('what is asked for is undone at once, and only once', async () => {
  const { ran, undos } = recording();
  undos.later('memory kill', [['start', 'c1']], 30);
  await undos.now('memory kill');
  await undos.now('memory kill');
  await delay(60);
  expect(ran).toEqual(['start c1']);
});

test('a command that the engine refuses is an error for whoever asked', async () => {
  const { undos } = recording('no such container');
  undos.later('memory kill', [['start', 'c1']], 10_000);
  await expect(undos.now('memory kill')).rejects.toThrow('start c1: no such container');
});

test('nothing is undone in a run that is being removed', async () => {
  const { ran, undos } = recording();
  undos.later('memory pause', [['unpause', 'c1']], 10);
  undos.clear();
  await delay(40);
  expect(ran).toEqual([]);
});
