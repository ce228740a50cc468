import { expect, jest, test } from '@jest/globals';
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

test('a line of what goes on fits a terminal, and of what is made nothing more is said', async () => {
  jest.useFakeTimers();
  const said: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  const { isTTY } = process.stdout;
  process.stdout.isTTY = false;
  const view = watchServices(['web', 'app'], () => '');
  try {
    view.progress('web', 'preparing', `installing ${'package-1.0 '.repeat(200)}`);
    view.progress('app', 'preparing', 'image app · step 1');
    view.progress('app', 'prepared', 'image app · built');
    jest.advanceTimersByTime(21_000);
    expect(said.filter((line) => line.includes('app'))).toEqual([expect.stringContaining('built')]);
    expect(said.filter((line) => line.includes('web'))).toHaveLength(2);
    for (const line of said) expect(line.length).toBeLessThanOrEqual(100);
  } finally {
    await view.done();
    process.stdout.isTTY = isTTY;
    log.mockRestore();
    jest.useRealTimers();
  }
});
