import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { heldLines } from './log.ts';

/** A log and what was written out of it, a list of messages for each write. */
function logged() {
  const writes: string[][] = [];
  const write = (lines: string) => {
    writes.push(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    );
  };
  return { log: pino({}, heldLines({ write })), writes };
}

test('lines wait for others, and are written soon, in order', async () => {
  const { log, writes } = logged();
  log.info('one');
  log.info('two');
  expect(writes).toEqual([]);
  const deadline = Date.now() + 5_000;
  while (writes.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(writes).toEqual([['one', 'two']]);
});

test('a warning is written at once, after the lines before it', () => {
  const { log, writes } = logged();
  log.info('before');
  log.warn('now');
  expect(writes).toEqual([['before', 'now']]);
});

test('a write is not longer than what a pipe takes in one piece', () => {
  const { log, writes } = logged();
  for (let line = 0; line < 100; line += 1) log.info(`${line} ${'.'.repeat(200)}`);
  expect(writes.length).toBeGreaterThan(10);
  expect(Math.max(...writes.map((messages) => messages.join('').length))).toBeLessThan(4_096);
});

test('the end of the process writes what waits', () => {
  const known = new Set(process.listeners('exit'));
  const { log, writes } = logged();
  log.info('last words');
  for (const listener of process.listeners('exit')) if (!known.has(listener)) listener.call(process, 0);
  expect(writes).toEqual([['last words']]);
});
