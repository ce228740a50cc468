import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processesOfRuns } from '../stack/process-table.ts';

/** The command run as its user would, on a small stack, with state and results of its own. For tests. */
export class GauntletProcess {
  readonly child: ChildProcess;
  readonly folder: string;
  output = '';

  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    folder = newFolder(),
  ) {
    this.folder = folder;
    this.child = spawn(process.execPath, ['harness/cli/main.ts', ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        GAUNTLET_STATE_DIR: join(folder, 'state'),
        GAUNTLET_COMPOSE_FILE: 'harness/cli/fixtures/compose.yaml',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk;
      });
    }
  }

  /** Exit code; the whole output is complete then. */
  async exit(): Promise<number | null> {
    const [code] = await once(this.child, 'close');
    return code;
  }

  /** Waits until the output matches; fails when the command ends or 50 s pass without it. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (let waitedMs = 0; waitedMs < 50_000; waitedMs += 20) {
      const match = pattern.exec(this.output);
      if (match) return match;
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
      await delay(20);
    }
    throw new Error(`${pattern} was not said; the output is:\n${this.output}`);
  }

  get runId(): string {
    return /run ([0-9a-f]{6})/.exec(this.output)?.[1] ?? 'none';
  }
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gauntlet-test-'));
}

/** Processes of a run that are alive. */
export function processesOf(runId: string): readonly number[] {
  return processesOfRuns((id) => id === runId).map(({ pid }) => pid);
}

/** Waits until a run has no process left; fails after 10 s, which is the promise to users. */
export async function untilGone(runId: string): Promise<void> {
  await untilCount(runId, (count) => count === 0);
}

/** Services of one level start together: a line of one says nothing about the others. */
export async function untilRunning(runId: string, count: number): Promise<void> {
  await untilCount(runId, (running) => running >= count);
}

async function untilCount(runId: string, holds: (count: number) => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 50) {
    if (holds(processesOf(runId).length)) return;
    await delay(50);
  }
  throw new Error(`processes of run ${runId} after 10 s: ${processesOf(runId).join(', ')}`);
}
