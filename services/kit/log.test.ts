import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { heldLines } from './log.ts';

/** A destination that keeps what it was given and what it was made to write out. */
function destination() {
  const waiting: string[] = [];
  const written: string[] = [];
  const flushSync = () => void written.push(...waiting.splice(0));
  const lines = heldLines({ write: (line) => waiting.push(JSON.parse(line).msg), flushSync });
  return { log: pino({}, lines), written };
}

test('a line waits for others, and all are written soon, in order', async () => {
  const { log, written } = destination();
  log.info('one');
  log.info('two');
  expect(written).toEqual([]);
  const deadline = Date.now() + 5_000;
  while (written.length === 0 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(written).toEqual(['one', 'two']);
});

test('a warning is written at once, after the lines before it', () => {
  const { log, written } = destination();
  log.info('before');
  log.warn('now');
  expect(written).toEqual(['before', 'now']);
});

test('the end of the process writes what waits', () => {
  const known = new Set(process.listeners('exit'));
  const { log, written } = destination();
  log.info('last words');
  for (const listener of process.listeners('exit')) if (!known.has(listener)) listener.call(process, 0);
  expect(written).toEqual(['last words']);
});
