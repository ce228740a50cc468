import { mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { untilHealthy } from './readiness.ts';

const environment = { PATH: process.env.PATH ?? '' };

/** What the first failed check said. */
async function said(...healthcheck: string[]): Promise<string> {
  const stop = new AbortController();
  const tell = (why: string) => stop.abort(why);
  await untilHealthy(healthcheck, environment, '.', tell, stop.signal).catch(() => undefined);
  return stop.signal.reason;
}

test.each([
  ['says why', 'echo first; echo "/health: 503"; exit 1', '/health: 503'],
  ['says nothing', 'exit 3', 'the health check exited with 3'],
  ['is killed', 'kill -KILL $$', 'the health check was ended by SIGKILL'],
])('of a check that %s', async (_, script, why) => {
  expect(await said('CMD-SHELL', script)).toBe(why);
});

test('a check whose program is missing says so', async () => {
  expect(await said('CMD', 'no-such-program')).toMatch(/no-such-program.*ENOENT/s);
});

test('a check that the deadline cuts short does not hide what the one before it said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readiness-'));
  const stop = new AbortController();
  const watcher = watch(folder, (_, name) => name === 'second' && stop.abort(new Error('the deadline')));
  watcher.unref();
  const script = 'test -e first || { touch first; echo 503; exit 1; }; touch second; exec sleep 60';
  const sayings: string[] = [];
  const tell = (why: string) => sayings.push(why);
  const ended = untilHealthy(['CMD-SHELL', script], environment, folder, tell, stop.signal);
  await expect(ended).rejects.toThrow('the deadline');
  expect(sayings).toEqual(['503']);
  rmSync(folder, { recursive: true });
});
