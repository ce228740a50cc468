import { endianness } from 'node:os';

/** What the scope needs of /proc/<pid>/stat (proc_pid_stat(5)). */
export interface ProcessStat {
  readonly parent: number;
  /** One letter: R, S, D, T (stopped), Z (zombie), X (dead) … */
  readonly state: string;
  readonly kernelThread: boolean;
  /** Start time in clock ticks since boot: with the pid it names a process for good. */
  readonly startTicks: number;
  /** Address of the stack, new with each exec: tells an old image from the one that replaced it. */
  readonly stackStart: string;
}

const PF_KTHREAD = 0x0020_0000;

/** Parses /proc/<pid>/stat; the command in parentheses may itself contain spaces and parentheses. */
export function parseStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  if (!text.includes(')') || !Number.isFinite(startTicks)) return undefined;
  return {
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    kernelThread: (Number(fields[6]) & PF_KTHREAD) !== 0,
    startTicks,
    stackStart: fields[25] ?? '0',
  };
}

/** Resident bytes in /proc/<pid>/status; undefined for a process without memory, such as one that has ended. */
export function parseResident(status: string): number | undefined {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** The markers of a process of a stack, and whether node:cluster started it as a worker. */
export interface ProcessMarkers {
  readonly run: string | undefined;
  readonly service: string | undefined;
  readonly clusterWorker: boolean;
  /** Setting a process title (setproctitle) overwrites the environment: the parent has to be asked. */
  readonly wiped: boolean;
}

/** Reads the markers in /proc/<pid>/environ (NUL-separated, as it was at exec). */
export function parseMarkers(environ: string): ProcessMarkers {
  const values = new Map<string, string>();
  for (const entry of environ.split('\0')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, equals);
    // The first of two entries of one name is the one that getenv(3) returns.
    if (equals > 0 && !values.has(name)) values.set(name, entry.slice(equals + 1));
  }
  return {
    run: values.get('GAUNTLET_RUN'),
    service: values.get('GAUNTLET_SERVICE'),
    clusterWorker: values.has('NODE_UNIQUE_ID'),
    wiped: values.size === 0,
  };
}

/** One row of /proc/<pid>/net/tcp or tcp6 whose local port is the one asked for. */
export interface TcpRow {
  readonly listening: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** 0 as long as no process has accepted the connection. */
  readonly inode: number;
}

/**
 * The listening (0A) and established (01) sockets with the given local port.
 * @param text /proc/<pid>/net/tcp or tcp6
 */
export function parseTcpTable(text: string, localPort: number): TcpRow[] {
  const port = localPort.toString(16).toUpperCase().padStart(4, '0');
  const row = new RegExp(
    `^ *\\d+: [0-9A-F]+:${port} ([0-9A-F]+):([0-9A-F]{4}) (01|0A) \\S+ \\S+ \\S+ +\\d+ +\\d+ (\\d+)`,
    'gm',
  );
  return Array.from(text.matchAll(row), ([, address = '', remotePort = '', state, inode]) => ({
    listening: state === '0A',
    remoteAddress: unmapped(address),
    remotePort: Number.parseInt(remotePort, 16),
    inode: Number(inode),
  }));
}

const hostOrder = endianness() === 'LE';

/** An IP address as /proc/net/tcp writes it: hex, each 32-bit word in the byte order of the machine. */
export function addressInTable(address: string): string {
  const bytes = address.includes(':') ? ipv6Bytes(address) : address.split('.').map(Number);
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    if (hostOrder) word.reverse();
    words.push(word.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(''));
  }
  return unmapped(words.join(''));
}

/** A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d; both spellings become the IPv4 one. */
function unmapped(address: string): string {
  const prefix = hostOrder ? '0000000000000000FFFF0000' : '00000000000000000000FFFF';
  return address.length === 32 && address.startsWith(prefix) ? address.slice(24) : address;
}

function ipv6Bytes(address: string): number[] {
  const ipv4Tail = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [a = 0, b = 0, c = 0, d = 0] = ipv4Tail?.slice(1).map(Number) ?? [];
  const plain = ipv4Tail
    ? `${address.slice(0, ipv4Tail.index)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    : address.replace(/%.*$/, '');
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const left = groups(head);
  const right = groups(tail ?? '');
  const middle = tail === undefined ? [] : Array<number>(8 - left.length - right.length).fill(0);
  return [...left, ...middle, ...right].flatMap((group) => [group >> 8, group & 0xff]);
}
