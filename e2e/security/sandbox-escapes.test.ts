import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsSandbox, runSandboxed } from '../../harness/suite/security/sandboxed.ts';
import { skip } from '../../harness/suite/skip.ts';
import { driver, service, stackVariables } from '../../harness/suite/stack.ts';

const error = (name: string) => ({ error: expect.stringMatching(new RegExp(`^(?:${name})\\b`)) });
const refusals = 'PermissionError|OSError|FileNotFoundError|BlockingIOError';

beforeAll(() => needsSandbox());
beforeEach(() => needs('chat'));

/** Tests that look at the machine from outside need the services on it. */
const needsThisMachine = () => {
  if (driver() !== 'process') skip(`the services do not run on this machine (driver ${driver()})`);
};

test('a program runs, and what it tells is told', async () => {
  const { told } = await runSandboxed('tell("sum", 20731 * 41)');
  expect(told).toEqual({ sum: 849971 });
});

test('no connection leaves, to no address and no port, by no protocol', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as { port: number };
  const gateway = new URL(service('gateway').url);
  const { told } = await runSandboxed(`
import socket
def dial(host, port): return str(socket.create_connection((host, port), 2))
attempt("listener", lambda: dial("127.0.0.1", ${port}))
attempt("gateway", lambda: dial("${gateway.hostname}", ${gateway.port}))
attempt("metadata", lambda: dial("169.254.169.254", 80))
attempt("outside", lambda: dial("1.1.1.1", 443))
attempt("six", lambda: dial("::1", ${port}))
attempt("name", lambda: socket.getaddrinfo("example.com", 80))
attempt("datagram", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", ${port})))
attempt("raw", lambda: str(socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)))
attempt("packet", lambda: str(socket.socket(socket.AF_PACKET, socket.SOCK_RAW)))`);
  server.close();
  const names = ['listener', 'gateway', 'metadata', 'outside', 'six', 'name', 'datagram', 'raw', 'packet'];
  expect(told).toEqual(
    Object.fromEntries(names.map((name) => [name, error('OSError|PermissionError|gaierror|TimeoutError')])),
  );
  expect(connections).toBe(0);
});

test('no socket in the file system leads out either', async () => {
  const { told } = await runSandboxed(`
import socket, glob
paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/tmp/.s.PGSQL.5432", "/run/dbus/system_bus_socket"]
for path in paths: attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
attempt("abstract", lambda: open("/proc/net/unix").read().count("@"))`);
  const { abstract, ...paths } = told;
  expect(Object.values(paths)).toEqual(Object.values(paths).map(() => error(refusals)));
  expect([0, { error: expect.any(String) }]).toContainEqual(abstract);
});

test('no credential of the stack is in an environment, an argument or a file that can be read', async () => {
  const { told, answer } = await runSandboxed(`
import glob
def reading(pattern):
    text = ""
    for path in glob.glob(pattern):
        try: text += open(path, "rb").read(100000).decode("latin1")
        except OSError: pass
    return text
attempt("own", lambda: dict(os.environ))
for name in ["environ", "cmdline", "maps", "mountinfo"]: attempt(name, lambda: reading("/proc/[0-9]*/" + name))
attempt("config", lambda: reading("/etc/*") + reading("/tmp/*.env") + reading("/*.env"))`);
  expect(Object.keys(told)).toHaveLength(6);
  const secrets = Object.entries(stackVariables()).filter(
    ([name, value]) => /KEY|TOKEN|SECRET|PASSWORD/.test(name) && value.length >= 6 && value !== 'gauntlet',
  );
  expect(secrets.length).toBeGreaterThan(0);
  for (const [, value] of secrets) expect(answer).not.toContain(value);
});

test('no process but its own is seen, traced or signalled', async () => {
  needsThisMachine();
  const { told } = await runSandboxed(`
import signal, ctypes
attempt("seen", lambda: len([one for one in os.listdir("/proc") if one.isdigit()]))
attempt("runner", lambda: os.kill(${process.pid}, 0))
attempt("first", lambda: os.kill(1, signal.SIGKILL))
attempt("memory", lambda: open("/proc/1/mem", "rb").read(1))
attempt("root", lambda: os.listdir("/proc/1/root"))
attempt("trace", lambda: ctypes.CDLL(None).ptrace(16, 1, 0, 0))
attempt("parent", lambda: os.kill(os.getppid(), 0) or "own shell")
tell("alive", True)`);
  expect(told.seen === undefined || Number(told.seen) <= 4 || typeof told.seen === 'object').toBe(true);
  expect(told.runner).toEqual(error('ProcessLookupError'));
  expect(told.memory).toEqual(error(`${refusals}|ProcessLookupError`));
  expect(told.root).toEqual(error(`${refusals}|ProcessLookupError`));
  expect(told.trace).not.toBe(0);
});

test('no file of the machine is there but programs, and none can be written', async () => {
  needsThisMachine();
  const folder = mkdtempSync('/tmp/gauntlet-escape-');
  const secret = randomUUID();
  writeFileSync(join(folder, 'secret'), secret);
  try {
    const { told, answer } = await runSandboxed(`
import ctypes
attempt("planted", lambda: open("${folder}/secret").read())
attempt("beside", lambda: open("${folder}/left", "w").write("x"))
for path in ["/root", "/home", "/var", "/run", "/sys", "/boot", "/mnt", "/srv", "/opt"]: attempt(path, lambda: os.listdir(path))
for path in ["/etc/shadow", "/etc/passwd", "/proc/kcore", "/dev/mem", "/dev/sda", "/dev/vda"]: attempt(path, lambda: open(path, "rb").read(16).hex())
for path in ["/usr/bin/left", "/usr/lib/left.so", "/etc/left", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/dev/left"]:
    attempt(path, lambda: open(path, "w").write("x"))
attempt("chmod", lambda: os.chmod(os.path.realpath(sys.executable), 0o4777))
attempt("link", lambda: (os.symlink("${folder}/secret", "/tmp/way"), open("/tmp/way").read()))
attempt("dots", lambda: open("/tmp/../../../../..${folder}/secret").read())`);
    expect(answer).not.toContain(secret);
    // A file of its own may be made where only it looks: nothing of it is there afterwards.
    const { '/etc/left': _etc, '/dev/left': _dev, ...rest } = told;
    expect(Object.entries(rest)).toEqual(
      Object.keys(rest).map((name) => [name, error(`${refusals}|NotADirectoryError`)]),
    );
    expect(Object.keys(told)).toHaveLength(26);
    for (const path of [
      join(folder, 'left'),
      '/etc/left',
      '/dev/left',
      '/usr/bin/left',
      '/tmp/way',
      '/tmp/main.py',
    ])
      expect([path, existsSync(path)]).toEqual([path, false]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no namespace, mount, device, identity or root is to be had', async () => {
  const { told } = await runSandboxed(`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) != -1: return "done"
    raise OSError(ctypes.get_errno(), name)
attempt("user namespace", lambda: call("unshare", 0x10000000))
attempt("mount namespace", lambda: call("unshare", 0x20000))
attempt("network namespace", lambda: call("unshare", 0x40000000))
attempt("join", lambda: call("setns", os.open("/proc/1/ns/mnt", os.O_RDONLY), 0))
attempt("mount", lambda: call("mount", b"proc", b"/tmp", b"proc", 0, None))
attempt("remount", lambda: call("mount", None, b"/usr", None, 0x1020, None))
attempt("unmount", lambda: call("umount2", b"/usr", 2))
attempt("pivot", lambda: call("syscall", 155, b"/tmp", b"/tmp"))
attempt("device", lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)))
attempt("chroot", lambda: (os.mkdir("/tmp/in"), os.chroot("/tmp/in")))
attempt("identity", lambda: os.setuid(1))
attempt("host name", lambda: call("sethostname", b"mine", 4))
attempt("module", lambda: call("syscall", 175, b"x", 1, b""))
attempt("clock", lambda: call("settimeofday", ctypes.create_string_buffer(16), None))
attempt("priority", lambda: os.nice(-5))
attempt("limits", lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_NPROC, (100000, 100000)))
tell("capabilities", [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))])
tell("descriptors", [one for one in range(3, 64) if os.path.lexists("/proc/self/fd/%d" % one)])`);
  const { capabilities, descriptors, ...attempts } = told;
  expect(Object.entries(attempts)).toEqual(
    Object.keys(attempts).map((name) => [name, error(`${refusals}|ValueError`)]),
  );
  expect(Object.keys(attempts)).toHaveLength(16);
  expect(capabilities).toEqual(['0', '0', '0'].map((zero) => zero.repeat(16)));
  expect(descriptors).toEqual([]);
});

test('nothing of a program is left: no process in the background, no file', async () => {
  needsThisMachine();
  const mark = `gauntlet-left-${randomUUID()}`;
  const { told } = await runSandboxed(`
import subprocess
open("/tmp/${mark}", "w").write("left")
for at in range(3):
    subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM HUP; exec -a ${mark} sleep 600 || sleep 600 ${mark}"], stdin=-3, stdout=-3, stderr=-3, start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("/proc/self/comm", "w").write("${mark}"[:15])
        import time; time.sleep(600)
    os._exit(0)
tell("started", True)`);
  expect(told).toEqual({ started: true });
  const left = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/comm`, 'utf8');
      return text.includes(mark) || text.includes(mark.slice(0, 15));
    } catch {
      return false;
    }
  });
  expect(left).toEqual([]);
  expect(existsSync(join('/tmp', mark))).toBe(false);
  expect((await runSandboxed('tell("files", os.listdir("/tmp"))')).told).toEqual({ files: ['main.py'] });
});
