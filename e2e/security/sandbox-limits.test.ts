import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsSandbox, runSandboxed } from '../../harness/suite/security/sandboxed.ts';

const error = (name: string) => ({ error: expect.stringMatching(new RegExp(`^(?:${name})\\b`)) });

beforeAll(() => needsSandbox());
beforeEach(() => needs('chat'));

test('memory ends, of one process and of many', async () => {
  const one = await runSandboxed('attempt("taken", lambda: len(bytearray(2_000_000_000)))');
  expect(one.told.taken ?? { error: 'MemoryError killed' }).toEqual(error('MemoryError'));
  const many = await runSandboxed(`
import time
children = []
for at in range(20):
    child = os.fork()
    if child == 0:
        block = bytearray(300_000_000)
        for page in range(0, len(block), 4096): block[page] = 1
        tell("child%d" % at, True)
        time.sleep(6)
        os._exit(0)
    children.append(child)
for child in children: os.waitpid(child, 0)
tell("all", True)`);
  // Together they would hold 6 GB.
  expect(many.told).not.toHaveProperty('all');
  expect(many.answer).toMatch(/too much memory|MemoryError|ended by SIG/);
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

test('time ends, of work and of waiting, and so does output', async () => {
  const work = await runSandboxed('while True: pass');
  const wait = await runSandboxed(
    'import time\nimport signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(3600)',
  );
  const flood = await runSandboxed('while True: sys.stdout.write("x" * 65536)');
  expect(work.answer).toMatch(/stopped after .*out of time|ended by SIG/);
  expect(wait.answer).toMatch(/out of time/);
  expect(flood.answer).toMatch(/too much output|ended by SIG/);
  expect(flood.answer.length).toBeLessThan(1_000_000);
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
