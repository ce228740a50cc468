import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import fc from 'fast-check';
import { packageRoot } from '../../stack/process/launch.ts';
import { quantile } from '../statistics.ts';
import { tableOf } from './endurance-table.ts';

/** Until when nothing may be left: the promise to users. */
const promisedMs = 10_000;
const lookEveryMs = 50;
const drivers = ['process', 'compose'] as const;

const parts = 1_000_000;
/** Without fast-check's liking for small numbers: each moment of a run is as likely as any other. */
const momentArbitrary = fc.noBias(fc.integer({ min: 0, max: parts - 1 }));

type Driver = (typeof drivers)[number];

/** What a run was doing, by its own words. */
type Phase = 'beginning' | 'services start' | 'suites run' | 'tear-down';

interface Kill {
  readonly phase: Phase;
  /** Until nothing was left; undefined when something was after `promisedMs`. */
  readonly goneAfterMs: number | undefined;
  readonly left: readonly string[];
}

export interface RunnerKillOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly only?: readonly string[];
}

/**
 * `kill -9` of the runner at random moments of a whole run, `rounds` times with each driver; then everything that the run
 * may have left is looked for. Processes are found by the private folder of the run, which the drivers' own sweep does not use.
 */
export async function benchRunnerKills({ rounds, seed, only = drivers }: RunnerKillOptions): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const driver of drivers.filter((each) => only.includes(each))) {
    const wholeMs = await wholeRun(driver);
    const kills: Kill[] = [];
    for (const part of fc.sample(momentArbitrary, { seed, numRuns: rounds })) {
      const kill = await killedRun(driver, (part / parts) * wholeMs);
      kills.push(kill);
      if (kill.left.length > 0)
        console.log(`  ✗ ${driver}, ${kill.phase}, after ${promisedMs} ms:\n    ${kill.left.join('\n    ')}`);
    }
    rows.push(rowOf(driver, wholeMs, kills));
    if (kills.some(({ left }) => left.length > 0)) process.exitCode = 1;
  }
  const head = [
    'driver',
    'a whole run',
    'killed',
    'nothing left after 10 s',
    'seconds until then, p50 and longest',
  ];
  for (const line of tableOf([head, head.map(() => '---'), ...rows])) console.log(line);
}

/** How long a run lives that nobody kills. */
async function wholeRun(driver: Driver): Promise<number> {
  const folder = newFolder();
  const startedAt = performance.now();
  const runner = startRun(driver, folder);
  const [code] = await once(runner.child, 'close');
  rmSync(folder, { recursive: true });
  if (code !== 0)
    throw new Error(
      `a run with the ${driver} driver that nobody kills ended with ${code}:\n${runner.said()}`,
    );
  return performance.now() - startedAt;
}

async function killedRun(driver: Driver, afterMs: number): Promise<Kill> {
  const folder = newFolder();
  const { child, said } = startRun(driver, folder);
  const ended = once(child, 'exit');
  await Promise.race([delay(afterMs), ended]);
  child.kill('SIGKILL');
  await ended;
  const killedAt = performance.now();
  const runId = /run ([0-9a-f]{6})/.exec(said())?.[1];
  for (;;) {
    const left = await leftOf(driver, folder, runId);
    const goneAfterMs = performance.now() - killedAt;
    if (left.length === 0) {
      rmSync(folder, { recursive: true, force: true });
      return { phase: phaseOf(said()), goneAfterMs, left };
    }
    if (goneAfterMs > promisedMs) return { phase: phaseOf(said()), goneAfterMs: undefined, left };
    await delay(lookEveryMs);
  }
}

/** PostgreSQL runs as another user, who must get through. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-kill-'));
  chmodSync(folder, 0o711);
  return folder;
}

function startRun(driver: Driver, folder: string): { child: ChildProcess; said: () => string } {
  const options = ['--driver', driver, '--profiles', 'core', '--suites', 'embeddings'];
  const child = spawn(
    process.execPath,
    ['harness/cli/main.ts', 'e2e', ...options, '--results', join(folder, 'results')],
    {
      cwd: packageRoot,
      env: { ...process.env, GAUNTLET_STATE_DIR: join(folder, 'state') },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { child, said: () => output };
}

function phaseOf(said: string): Phase {
  if (/torn down|passed, \d+ failed/.test(said)) return 'tear-down';
  if (/up in/.test(said)) return 'suites run';
  return /run [0-9a-f]{6}/.test(said) ? 'services start' : 'beginning';
}

/** Everything of a run that is still there, a line for each. */
async function leftOf(driver: Driver, folder: string, runId: string | undefined): Promise<readonly string[]> {
  const files = folderOrEmpty(join(folder, 'state')).map((name) => `state of run ${name}`);
  const objects = driver === 'compose' && runId !== undefined ? await engineObjectsOf(runId) : [];
  return [...processesOf(folder), ...objects, ...files];
}

/** Living processes that were started with the folder in their environment or arguments, or stand in it. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const read = (file: string) => orNothing(() => readFileSync(`/proc/${pid}/${file}`, 'latin1'));
      const cwd = orNothing(() => readlinkSync(`/proc/${pid}/cwd`));
      const isOfRun = [read('environ'), read('cmdline'), cwd].some((text) => text.includes(folder));
      const isDead = / Z /.test(read('stat').replace(/\(.*\)/s, ''));
      return isOfRun && !isDead
        ? [`process ${pid}: ${read('cmdline').replaceAll('\0', ' ').slice(0, 100)}`]
        : [];
    });
}

async function engineObjectsOf(runId: string): Promise<readonly string[]> {
  const kinds = {
    container: ['ps', '--all', '--format', '{{.Names}}'],
    network: ['network', 'ls', '--format', '{{.Name}}'],
    volume: ['volume', 'ls', '--format', '{{.Name}}'],
  };
  const listed = await Promise.all(
    Object.entries(kinds).map(async ([kind, args]) => {
      const { stdout } = await execa('docker', args);
      return stdout.split('\n').flatMap((name) => (name.includes(runId) ? [`${kind} ${name}`] : []));
    }),
  );
  return listed.flat();
}

function rowOf(driver: Driver, wholeMs: number, kills: readonly Kill[]): readonly string[] {
  const gone = kills.flatMap(({ goneAfterMs }) => (goneAfterMs === undefined ? [] : [goneAfterMs / 1000]));
  const phases = Map.groupBy(kills, ({ phase }) => phase);
  const when = [...phases].map(([phase, those]) => `${phase} ${those.length}`).join(', ');
  return [
    driver,
    `${(wholeMs / 1000).toFixed(1)} s`,
    `${kills.length} times (${when})`,
    `${gone.length} of ${kills.length}`,
    `${quantile(gone, 0.5).toFixed(2)} and ${Math.max(...gone).toFixed(2)}`,
  ];
}

function folderOrEmpty(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Processes end while they are looked at. */
function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
