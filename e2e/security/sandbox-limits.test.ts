import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsSandbox, runSandboxed } from '../../harness/suite/security/sandboxed.ts';

const error = (name: string) => ({ error: expect.stringMatching(new RegExp(`^(?:${name})\\b`)) });

beforeAll(() => needsSandbox());
beforeEach(() => needs('chat'));

test('memory of one process ends', async () => {
  const { told } = await runSandboxed('attempt("taken", lambda: len(bytearray(2_000_000_000)))');
  expect(told.taken ?? { error: 'MemoryError killed' }).toEqual(error('MemoryError'));
});

test('memory of many processes together ends', async () => {
  const { told, answer } = await runSandboxed(`
import signal
for at in range(6):
    if os.fork() == 0:
        block = bytearray(b"x") * 300_000_000
        tell("held%d" % at, True)
        signal.pause()
signal.pause()`);
  // They hold their blocks until they are ended: three are more than a program may have. A machine that is too busy to
  // touch that much memory ends them for the time.
  const held = Object.keys(told).length;
  expect(answer).toMatch(
    held < 3 ? /too much memory|ended by SIG|out of time/ : /too much memory|ended by SIG/,
  );
});

test('processes end, however fast they multiply, and the service goes on', async () => {
  const { told, answer } = await runSandboxed(`
made = 0
try:
    while True:
        child = os.fork()
        if child == 0:
            import time; time.sleep(30); os._exit(0)
        made += 1
except OSError as problem: tell("made", made)`);
  expect(Number(told.made ?? 0)).toBeLessThan(200);
  expect(answer).toMatch(/stopped after|ended by|exit code/);
  expect((await runSandboxed('tell("alive", True)')).told).toEqual({ alive: true });
});

test('time of work ends', async () => {
  const { answer } = await runSandboxed('while True: pass');
  expect(answer).toMatch(/stopped after .*out of time|ended by SIG/);
});

test('time of waiting ends, whatever signals are ignored', async () => {
  const { answer } = await runSandboxed(
    'import time\nimport signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(3600)',
  );
  expect(answer).toMatch(/out of time/);
});

test('output ends', async () => {
  const { answer } = await runSandboxed('while True: sys.stdout.write("x" * 65536)');
  expect(answer).toMatch(/too much output|ended by SIG/);
  expect(answer.length).toBeLessThan(1_000_000);
});

test('the disk ends: no file and no number of files fills more than the place of a program', async () => {
  const { told } = await runSandboxed(`
def fill():
    total = 0
    for at in range(100):
        with open("/tmp/%d" % at, "wb") as file: total += file.write(b"x" * 4_000_000)
    return total
attempt("many", fill)
attempt("inodes", lambda: [open("/tmp/e%d" % at, "w").close() for at in range(2_000_000)] and "all")`);
  expect(told.many).toEqual(error('OSError'));
  expect(told.inodes ?? { error: 'OSError killed' }).toEqual(error('OSError'));
});
