import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { gauntletError } from '../../errors.ts';
import type { ProcessExtension } from '../service.ts';
import { cacheFolder } from './cache-folder.ts';
import { packageRoot } from './launch.ts';

/** Versions that the lock files of docker/ are resolved for. */
const pythonVersions = ['3.11', '3.12'] as const;
const installTimeoutMs = 900_000;

export interface Python {
  readonly command: string;
  readonly version: string;
}

/** A version that is not the pinned one; what it needs is in compose.yaml (`x-process`). */
export interface AnotherVersion extends ProcessExtension {
  readonly version: string;
}

export interface WantedEnvironment {
  /** Relative to the package, such as `docker/litellm`, or absolute. */
  readonly folder: string;
  readonly python: Python;
  readonly another?: AnotherVersion;
}

/** The Python of this machine, looked for when a service needs one. */
export type FindPython = () => Promise<Python | undefined>;

/** The first usable Python on PATH, or undefined. */
export async function findPython(): Promise<Python | undefined> {
  for (const command of [...pythonVersions.map((version) => `python${version}`), 'python3']) {
    const script = 'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])';
    const { stdout, exitCode } = await execa(command, ['-c', script], { reject: false, timeout: 10_000 });
    const version = stdout?.trim() ?? '';
    if (exitCode === 0 && pythonVersions.some((known) => version.startsWith(`${known}.`)))
      return { command, version };
  }
  return undefined;
}

/**
 * The virtual environment for a folder with a `requirements.lock`, made once and kept in the user's cache. Two runs at
 * once may both make it; the one that is finished first is used by both.
 *
 * @throws GNT_PYTHON_ENVIRONMENT with the place of pip's output
 */
export async function pythonEnvironment(
  { folder, python, another }: WantedEnvironment,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const lock = resolve(packageRoot, folder, 'requirements.lock');
  const key = createHash('sha256')
    .update(readFileSync(lock))
    .update(python.version)
    .update(another?.version ?? '')
    .digest('hex')
    .slice(0, 12);
  const cache = join(cacheFolder(), 'python');
  const environment = join(cache, `${basename(folder)}-${key}`);
  if (existsSync(join(environment, 'complete'))) return environment;

  mkdirSync(cache, { recursive: true });
  const log = join(cache, `${basename(folder)}.log`);
  // A virtual environment knows its own path, so it is made in place; a lock folder keeps others out.
  const release = await occupy(`${environment}.lock`, onLine, signal);
  try {
    if (existsSync(join(environment, 'complete'))) return environment;
    rmSync(environment, { recursive: true, force: true });
    const run = (command: string, args: readonly string[]) => {
      const child = execa(command, args, {
        all: true,
        cancelSignal: signal,
        timeout: installTimeoutMs,
        stdin: 'ignore',
      });
      child.all.on('data', (chunk: Buffer) => onLine(String(chunk).trim().split('\n').at(-1) ?? ''));
      return child;
    };
    await run(python.command, ['-m', 'venv', environment]);
    const options = ['--disable-pip-version-check', '--no-deps', '--require-hashes', '--progress-bar', 'off'];
    const pip = (...args: string[]) => run(join(environment, 'bin/pip'), ['install', ...args]);
    const { all } = await pip(...options, '--requirement', lock);
    writeFileSync(log, all);
    if (another)
      await installAnother(another, environment, (...args) => pip('--disable-pip-version-check', ...args));
    writeFileSync(join(environment, 'complete'), '');
    return environment;
  } catch (error) {
    signal.throwIfAborted();
    writeFileSync(log, String((error as { all?: string }).all ?? error));
    throw gauntletError(
      'GNT_PYTHON_ENVIRONMENT',
      folder,
      (error as { shortMessage?: string }).shortMessage,
      log,
    );
  } finally {
    release();
  }
}

/** Another version on top of the pinned one: pip resolves what it needs, from the ordinary index and without hashes. */
async function installAnother(
  { package: name, version, requirements }: AnotherVersion,
  environment: string,
  pip: (...args: string[]) => Promise<unknown>,
): Promise<void> {
  const wanted = `${name}==${version}`;
  if (requirements === undefined) {
    await pip(wanted);
    return;
  }
  await pip('--no-deps', wanted);
  await pip('--requirement', join(await sitePackages(join(environment, 'bin/python')), requirements));
}

/** Takes a lock that dies with its holder: a folder that names the holder's pid. Returns what releases it. */
export async function occupy(
  path: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<() => void> {
  for (;;) {
    try {
      const mine = `${path}.${process.pid}`;
      mkdirSync(mine, { recursive: true });
      writeFileSync(join(mine, 'pid'), String(process.pid));
      renameSync(mine, path);
      return () => rmSync(path, { recursive: true, force: true });
    } catch {
      rmSync(`${path}.${process.pid}`, { recursive: true, force: true });
    }
    signal.throwIfAborted();
    if (!isAlive(path)) rmSync(path, { recursive: true, force: true });
    onLine('waiting for another run that makes the same');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function isAlive(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * A small environment on top of a cached one for servers that install packages while they run: what they install
 * lands here and goes away with the run.
 *
 * @returns the folder with its Python
 */
export async function overlayEnvironment(base: string, at: string): Promise<string> {
  await execa(join(base, 'bin/python'), ['-m', 'venv', '--without-pip', at]);
  const own = await sitePackages(join(at, 'bin/python'));
  writeFileSync(join(own, 'base.pth'), `${await sitePackages(join(base, 'bin/python'))}\n`);
  return join(at, 'bin');
}

async function sitePackages(python: string): Promise<string> {
  const where = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return (await execa(python, ['-c', where])).stdout.trim();
}
