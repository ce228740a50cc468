import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { defaultLimits } from './limits.ts';
import { createSandbox } from './sandbox.ts';

const log = pino({ level: 'silent' });
const sandbox = createSandbox({ log, limits: { ...defaultLimits, wallClockMs: 9_000, cpuSeconds: 1 } });
// It needs setpriv and prlimit (util-linux), which every Linux has.
const onLinux = process.platform === 'linux' ? test : test.skip;
const { isolation } = await sandbox.abilities();
const inNamespaces = isolation === 'namespaces' ? test : test.skip;
const withMounts = spawnSync('unshare', ['--mount', 'true']).status === 0 ? inNamespaces : test.skip;
const never = new AbortController().signal;

/** Processes on this machine with `text` in their command line. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

/** Outside of a PID namespace one that has ended stays until whoever inherits it asks how. */
function isLeft(pid: string): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return isolation === 'namespaces' || !/^State:\s+Z/m.test(status);
  } catch {
    return false;
  }
}

onLinux('a program prints and exits, both streams in order of arrival', async () => {
  const run = await sandbox.run(
    'node',
    'console.log("out"); console.error("err"); process.exitCode = 3',
    never,
  );
  expect(run).toMatchObject({ outcome: 'exited', exitCode: 3, signal: null });
  expect([...run.output.trim().split('\n')].sort()).toEqual(['err', 'out']);
});

onLinux("a program sees nothing of the server's environment", async () => {
  process.env.OPENAI_API_KEY = 'sk-not-for-you';
  const run = await sandbox.run('node', 'console.log("env", JSON.stringify(process.env))', never);
  expect(run.output).toContain('env {');
  expect(run.output).not.toContain('sk-not-for-you');
});

withMounts("what is mounted where its root comes to lie is in nobody's way", async () => {
  const folder = mkdtempSync('/tmp/gauntlet-mounted-');
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
  try {
    const run = await sandbox.run('node', 'console.log("here")', never);
    expect(run).toMatchObject({ exitCode: 0, output: 'here\n' });
  } finally {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
});

onLinux('an endless loop ends by its processor time', async () => {
  const run = await sandbox.run('node', 'for (;;);', never);
  expect(run).toMatchObject({ outcome: 'exited', signal: expect.stringMatching(/^SIG(XCPU|KILL)$/) });
});

onLinux('a flood of output is cut and ended', async () => {
  const flood = 'const line = "x".repeat(1e6); for (;;) require("fs").writeSync(1, line);';
  const run = await sandbox.run(
    'node',
    `import { createRequire } from "module"; const require = createRequire("/"); ${flood}`,
    never,
  );
  expect(run).toMatchObject({ outcome: 'output_limit' });
  expect(run.output).toHaveLength(defaultLimits.outputBytes);
});

onLinux('an abort ends the program and all that it started, and is told behind their end', async () => {
  const mark = ['3600', process.pid];
  // What holds much memory takes its time to end. Its name tells that it has it.
  const holding = `const all = Buffer.alloc(120e6, 1); process.title = ${JSON.stringify(mark)}.join("."); setInterval(() => all.length, 1e3)`;
  const code = `
    import { spawn } from "child_process";
    for (let at = 0; at < 3; at += 1) spawn(process.execPath, ["-e", ${JSON.stringify(holding)}], { detached: true, stdio: "ignore" });
    setInterval(() => {}, 1e3);`;
  const leaving = new AbortController();
  const running = sandbox.run('node', code, leaving.signal);
  while (processesWith(mark.join('.')).length < 3) await new Promise(setImmediate);
  const started = processesWith(mark.join('.'));
  leaving.abort(new Error('gone'));
  await expect(running).rejects.toThrow('gone');
  expect(started.filter(isLeft)).toEqual([]);
});

inNamespaces('a program changes nothing of the host, not even what its user may own there', async () => {
  const code = `
    import { chmodSync, statSync } from 'node:fs';
    for (const path of [process.execPath, '/usr', '/usr/bin/env'])
      try { chmodSync(path, statSync(path).mode); console.log('changed', path); } catch ({ code }) { console.log(code); }`;
  const run = await sandbox.run('node', code, never);
  expect(run.output.trim().split('\n')).toEqual(['EROFS', 'EROFS', 'EROFS']);
});

inNamespaces('processes that each keep within bounds end together when all of them do not', async () => {
  const code = `
    import { spawn } from 'node:child_process';
    const taking = 'const all = Buffer.alloc(150e6, 1); setInterval(() => all.length, 1e3)';
    // Threads count as processes, and Node has many: the last ones may not be had any more.
    for (let at = 0; at < 12; at += 1) spawn(process.execPath, ['-e', taking]).on('error', () => {});
    setInterval(() => {}, 1e3);`;
  expect(await sandbox.run('node', code, never)).toMatchObject({ outcome: 'memory_limit' });
});
