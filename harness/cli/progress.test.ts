import { expect, test } from '@jest/globals';
import { watchServices } from './progress.ts';

test('the view on a terminal leaves Ctrl-C to the command, which has a stack to remove', async () => {
  const { isTTY } = process.stdout;
  process.stdout.isTTY = true;
  const listeners = process.listenerCount('SIGINT');
  const view = watchServices(['web'], () => '');
  try {
    view.progress('web', 'ready', '');
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  } finally {
    await view.done();
    process.stdout.isTTY = isTTY;
  }
});
