// Tells whether the installed dependencies are those of the lock file, and keeps two installs out of each other's way.
// Nothing but Node's own modules: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 300;
const nodeAnswersWithinMs = 10_000;

/**
 * Why the dependencies of a folder must be installed; undefined when they are there. An install that ended well left the
 * hash of its lock file and of our patches; one that somebody else made is looked at package by package, once.
 */
export function whyInstall(folder) {
  const modules = join(folder, 'node_modules');
  const lockText = read(join(folder, 'package-lock.json'));
  if (lockText === undefined) return undefined;
  if (!existsSync(modules)) return 'there is no node_modules';
  if (!nodeRuns(join(modules, '.bin/node'))) return 'node_modules is half made: its Node does not run';
  const stamp = read(stampOf(folder));
  if (stamp === stampFor(folder, lockText)) return undefined;
  const missing = missingPackage(modules, JSON.parse(lockText));
  if (missing !== undefined) return `node_modules is not what package-lock.json says: ${missing}`;
  if (stamp !== undefined && patchesOf(folder) !== '') return 'package-lock.json or patches/ changed';
  markInstalled(folder);
  return undefined;
}

/** Notes that what package-lock.json says is installed, with our patches. */
export function markInstalled(folder) {
  const lockText = read(join(folder, 'package-lock.json'));
  if (lockText !== undefined) writeFileSync(stampOf(folder), stampFor(folder, lockText));
}

/**
 * Runs `action` while no other process of this machine does so for the same folder. The action is given a function that
 * notes a child's pid: while that one lives, the folder is taken, whatever became of its parent.
 * @param onWait called once when another one is at it
 */
export async function alone(folder, action, onWait) {
  const lock = join(tmpdir(), `gauntlet-install-${hashOf(realpathSync(folder)).slice(0, 12)}`);
  let hasTold = false;
  while (!take(lock)) {
    if (!hasTold) onWait();
    hasTold = true;
    await delay(pollMs);
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await action((child) => writeFileSync(join(lock, 'child'), String(child)));
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

/** A lock is a folder that names its holder; one whose holder is dead counts for nothing. */
function take(lock) {
  const mine = `${lock}.${process.pid}`;
  rmSync(mine, { recursive: true, force: true });
  mkdirSync(mine);
  writeFileSync(join(mine, 'pid'), String(process.pid));
  try {
    renameSync(mine, lock);
    return true;
  } catch {
    rmSync(mine, { recursive: true, force: true });
  }
  const holders = ['pid', 'child'].map((name) => Number(read(join(lock, name))));
  if (holders[0] > 0 && !holders.some((holder) => holder > 0 && isAlive(holder))) {
    // Moved before it is removed, so that of two who find it dead only one takes it away.
    const dead = `${lock}.dead.${process.pid}`;
    try {
      renameSync(lock, dead);
      rmSync(dead, { recursive: true, force: true });
    } catch {
      // The other one was faster.
    }
  }
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function nodeRuns(node) {
  return spawnSync(node, ['--version'], { timeout: nodeAnswersWithinMs }).status === 0;
}

/** The first package that npm did not note as installed, or that is not there. */
function missingPackage(modules, lock) {
  const installed = JSON.parse(read(join(modules, '.package-lock.json')) ?? '{}').packages ?? {};
  for (const [path, { version, optional, link }] of Object.entries(lock.packages ?? {})) {
    if (!path.startsWith('node_modules/')) continue;
    const noted = installed[path];
    if (noted === undefined && optional) continue;
    const name = path.slice('node_modules/'.length);
    if (noted === undefined) return `${name} is missing`;
    if (!link && noted.version !== version) return `${name} is ${noted.version}, not ${version}`;
    if (!existsSync(join(modules, name))) return `${name} is missing`;
  }
  return undefined;
}

const stampOf = (folder) => join(folder, 'node_modules/.gauntlet-installed');
const stampFor = (folder, lockText) => hashOf(`${lockText}${patchesOf(folder)}`);
const hashOf = (text) => createHash('sha256').update(text).digest('hex');

/** The text of all patches that npm's install applies. */
function patchesOf(folder) {
  const patches = join(folder, 'patches');
  if (!existsSync(patches)) return '';
  return readdirSync(patches)
    .sort()
    .map((name) => read(join(patches, name)))
    .join('');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
