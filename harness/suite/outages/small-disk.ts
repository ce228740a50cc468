import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Sql } from 'postgres';
import { skip } from '../skip.ts';
import { driver } from '../stack.ts';

/** A file system of a few megabytes of which the database has a tablespace. */
export interface SmallDisk {
  /** Lets tables live there, with their indexes and all that they hold. */
  hold(schema: string, tables: readonly string[]): Promise<void>;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  /** Brings the tables home and takes the file system away. */
  remove(): Promise<void>;
}

const sizeMb = 24;

/**
 * Mounts one for the database of the stack. Skips the test where that cannot be: in another container, or without the right to
 * mount.
 */
export async function mountSmallDisk(sql: Sql): Promise<SmallDisk> {
  if (driver() !== 'process') skip('the file systems of a container cannot be reached from here');
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-disk-'));
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder], {
    reject: false,
  });
  if (mounted.exitCode !== 0) {
    rmSync(folder, { recursive: true });
    skip(`no small file system can be mounted here: ${mounted.stderr}`);
  }
  const unmount = async () => {
    // The database may have a file open for a moment more.
    await execa('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
  };
  const name = `small_${randomBytes(4).toString('hex')}`;
  const filler = join(folder, 'filler');
  const held: (readonly [kind: 'table' | 'index', name: string])[] = [];
  const move = async (kind: 'table' | 'index', what: string, to: string) => {
    await sql.unsafe(`alter ${kind} ${what} set tablespace ${to}`);
  };
  try {
    const [row] = await sql<{ data_directory: string }[]>`show data_directory`;
    const { uid, gid } = statSync(row?.data_directory ?? '');
    chownSync(folder, uid, gid);
    await sql.unsafe(`create tablespace ${name} location '${folder}'`);
  } catch (error) {
    await unmount();
    throw error;
  }
  return {
    hold: async (schema, tables) => {
      for (const table of tables) {
        const indexes = await sql<{ indexname: string }[]>`
          select indexname from pg_indexes where schemaname = ${schema} and tablename = ${table}`;
        const things = [
          ['table', `"${schema}"."${table}"`] as const,
          ...indexes.map(({ indexname }) => ['index', `"${schema}"."${indexname}"`] as const),
        ];
        for (const [kind, what] of things) {
          await move(kind, what, name);
          held.push([kind, what]);
        }
      }
    },
    fill: () => fillUp(filler),
    free: () => rmSync(filler, { force: true }),
    remove: async () => {
      rmSync(filler, { force: true });
      for (const [kind, what] of held.splice(0)) await move(kind, what, 'pg_default');
      await sql.unsafe(`drop tablespace ${name}`);
      await unmount();
    },
  };
}

/** Writes until nothing more goes in, to the last byte. */
function fillUp(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 1024 * 1024; size >= 1; ) {
      try {
        writeSync(file, new Uint8Array(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = Math.floor(size / 2);
      }
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
