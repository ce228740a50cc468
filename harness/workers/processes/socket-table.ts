import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parseTcpTable, type TcpRow } from './proc-text.ts';

export const tcpTables = ['tcp', 'tcp6'] as const;
export type TcpTableName = (typeof tcpTables)[number];

/**
 * Sockets with this local port in the network namespace of a process. The kernel walks its whole hash
 * table for it (1–2 ms on a large machine), so callers ask once for many connections.
 */
export function readTcpTable(pid: number, table: TcpTableName, localPort: number): TcpRow[] {
  try {
    return parseTcpTable(readFileSync(`/proc/${pid}/net/${table}`, 'latin1'), localPort);
  } catch {
    return []; // gone, or IPv6 is off
  }
}

/** Which of the wanted socket inodes a process holds. */
export function heldSockets(pid: number, wanted: ReadonlySet<number>): number[] {
  const held: number[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = socketInode(`/proc/${pid}/fd/${fd}`);
      if (inode !== undefined && wanted.has(inode)) held.push(inode);
    }
  } catch {
    // The process ended: it holds nothing any more.
  }
  return held;
}

/**
 * Whether a thread of the process waits for this socket and nothing else: in recv or read on it (gunicorn's
 * sync workers) or in an epoll that watches only it (gthread). Such a thread serves nobody else until bytes
 * come, so an idle connection must not be kept open to it.
 */
export function occupiesThread(pid: number, inode: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).some((task) => {
      const [, firstArgument] = readFileSync(`/proc/${pid}/task/${task}/syscall`, 'latin1').split(' ');
      const fd = Number(firstArgument);
      if (!Number.isSafeInteger(fd) || fd > 0xffff_ffff) return false;
      const awaited = socketInode(`/proc/${pid}/fd/${fd}`);
      return awaited === undefined ? watchesOnly(pid, fd, inode) : awaited === inode;
    });
  } catch {
    return false;
  }
}

/** Reads the targets of an epoll descriptor (proc_pid_fdinfo(5)); false for any other kind. */
function watchesOnly(pid: number, epollFd: number, inode: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/fdinfo/${epollFd}`, 'latin1');
    const targets = Array.from(text.matchAll(/^tfd:.* ino:([0-9a-f]+)/gm), ([, ino = '']) =>
      Number.parseInt(ino, 16),
    );
    return targets.length === 1 && targets[0] === inode;
  } catch {
    return false;
  }
}

/** The network namespace of a process, as an opaque name. */
export function networkNamespace(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}

function socketInode(link: string): number | undefined {
  try {
    const target = readlinkSync(link);
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : undefined;
  } catch {
    return undefined;
  }
}
