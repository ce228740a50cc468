import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { startTimeOf } from './process-table.ts';

/**
 * Names one process on one machine for good: host, boot, pid namespace, pid, start time. Containers and processes of
 * a run carry their supervisor's name, so that any later run can tell whether they are orphans.
 */
export function ownerName(pid: number): string {
  return [hostname(), bootId(), pidNamespace(), pid, startTimeOf(pid) ?? 0].join('/');
}

/** `alive`, `dead`, or `elsewhere` when the name comes from another machine or pid namespace and can't be judged. */
export function ownerState(name: string): 'alive' | 'dead' | 'elsewhere' {
  const [host, boot, namespace, pid, startTime] = name.split('/');
  if (host !== hostname()) return 'elsewhere';
  if (boot !== bootId()) return 'dead';
  if (namespace !== pidNamespace()) return 'elsewhere';
  return startTimeOf(Number(pid)) === Number(startTime) ? 'alive' : 'dead';
}

function bootId(): string {
  return read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function pidNamespace(): string {
  return read(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, ''));
}

function read(from: () => string): string {
  try {
    return from();
  } catch {
    return 'none';
  }
}
