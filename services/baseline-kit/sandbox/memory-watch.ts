import { readdir, readFile } from 'node:fs/promises';

const lookEveryMs = 50;
const pageBytes = 4_096;

/**
 * Calls `onLimit` once when a process and all that came of it hold more memory together than `limitBytes`. The kernel
 * bounds each of them; a bound for all would take a control group, which a server without rights can't make. What
 * processes share is counted once, where the kernel tells it.
 */
export function watchMemory(pid: number, limitBytes: number, onLimit: () => void): Disposable {
  let over = false;
  const look = async () => {
    while (!over) {
      const family = await familyOf(pid);
      const resident = await sumOf(family, residentBytes);
      if (resident > limitBytes && (await sumOf(family, ownBytes)) > limitBytes) {
        if (!over) onLimit();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs).unref());
    }
  };
  void look();
  return {
    [Symbol.dispose]: () => {
      over = true;
    },
  };
}

/** A process and its descendants; who loses its parent is given to the first one of the namespace, which is among them. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const found = [pid];
  for (const one of found) {
    const threads = await readdir(`/proc/${one}/task`).catch(() => []);
    for (const thread of threads) {
      const children = await readFile(`/proc/${one}/task/${thread}/children`, 'utf8').catch(() => '');
      found.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return found;
}

async function sumOf(pids: readonly number[], bytesOf: (pid: number) => Promise<number>): Promise<number> {
  const all = await Promise.all(pids.map(bytesOf));
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')).split(' ');
  return Number(pages ?? 0) * pageBytes;
}

/** Its share of what it holds (proc_pid_smaps(5), `Pss`). */
async function ownBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(text)?.[1];
  return kilobytes === undefined ? await residentBytes(pid) : Number(kilobytes) * 1_024;
}
