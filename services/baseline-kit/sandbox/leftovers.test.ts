import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { killLeftovers, processesOfRun, processesOfUser } from './leftovers.ts';
import { isHidden, lendUser } from './lent-user.ts';

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot(
  'a process of a lent user is found and killed, without environment and in a session of its own',
  async () => {
    using user = await lendUser(true);
    const id = user?.id ?? -1;
    const options = { uid: id, gid: id, cwd: '/', stdio: 'ignore' as const };
    const sleeper = spawn('env', ['-i', 'setsid', 'sleep', '3600'], options);
    await once(sleeper, 'spawn');
    const ended = once(sleeper, 'exit');
    expect(await processesOfUser(id)).toContain(sleeper.pid);
    expect(await killLeftovers(() => processesOfUser(id))).toBe(true);
    expect((await ended)[1]).toBe('SIGKILL');
    expect(await processesOfUser(id)).toEqual([]);
  },
);

asRoot('no two programs are lent the same user at a time', async () => {
  const lent = await Promise.all(Array.from({ length: 50 }, () => lendUser(false)));
  expect(new Set(lent.map((user) => user?.id)).size).toBe(50);
  for (const user of lent) user?.[Symbol.dispose]();
});

test('processes of other runs are nobody’s leftovers', async () => {
  expect(await processesOfRun('no-such-run')).toEqual([]);
});

test('a program in an open folder is not hidden, nor is one that is searched for', async () => {
  expect(await isHidden('/usr/bin/env')).toBe(false);
  expect(await isHidden('python3')).toBe(false);
});
