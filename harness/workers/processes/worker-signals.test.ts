import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ProcessTable, type ServiceProcess, stateOf } from './process-table.ts';
import { WorkerSignals } from './worker-signals.ts';

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('signals to single processes (needs /proc, so Linux)', () => {
  const run = `signals-test-${process.pid}`;
  const table = new ProcessTable(run);
  let children: ChildProcess[];
  let one: ServiceProcess;
  let other: ServiceProcess;

  const start = async (GAUNTLET_RUN: string): Promise<number> => {
    const child = spawn('sleep', ['60'], {
      env: { ...process.env, GAUNTLET_RUN, GAUNTLET_SERVICE: 'subject' },
    });
    children.push(child);
    await once(child, 'spawn');
    return child.pid ?? 0;
  };
  const processOf = (pid: number): ServiceProcess => {
    const found = table.lookup(pid);
    if (!found || found === 'foreign') throw new Error(`Process ${pid} is not of this run.`);
    return found;
  };

  beforeEach(async () => {
    children = [];
    [one, other] = [processOf(await start(run)), processOf(await start(run))];
  });

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  test('a stopped process stays stopped until it is continued', async () => {
    const signals = new WorkerSignals(table);
    await signals.stop(one);
    expect([stateOf(one), stateOf(other)]).toEqual(['stopped', 'running']);
    expect(signals.isStoppedByFault(one)).toBe(true);
    await signals.continue(one);
    expect(stateOf(one)).toBe('running');
    expect(signals.isStoppedByFault(one)).toBe(false);
  });

  test('processes stopped for an action run again after it, even if it fails', async () => {
    const signals = new WorkerSignals(table);
    const action = async () => {
      expect(await reached(one, 'stopped')).toBe(true);
      expect(signals.isStoppedByFault(one)).toBe(false);
      throw new Error('the connect failed');
    };
    await expect(signals.withStopped([one, other], 5000, action)).rejects.toThrow('the connect failed');
    expect(await reached(one, 'running')).toBe(true);
    expect(await reached(other, 'running')).toBe(true);
  });

  test('an action that takes too long does not keep them stopped', async () => {
    const signals = new WorkerSignals(table);
    let finish = () => {};
    const action = signals.withStopped([one], 100, () => new Promise<void>((resolve) => (finish = resolve)));
    expect(await reached(one, 'stopped')).toBe(true);
    expect(await reached(one, 'running')).toBe(true);
    finish();
    await action;
  });

  test('a process that a fault stopped stays stopped after an action that stopped it too', async () => {
    const signals = new WorkerSignals(table);
    await signals.stop(one);
    await signals.withStopped([one, other], 5000, async () => undefined);
    expect(await reached(other, 'running')).toBe(true);
    expect(stateOf(one)).toBe('stopped');
    signals.releaseAll();
    expect(await reached(one, 'running')).toBe(true);
  });

  test('a killed process is gone when the call returns, and cannot be signalled again', async () => {
    const signals = new WorkerSignals(table);
    await signals.kill(one);
    expect(stateOf(one)).toBe('gone');
    await expect(signals.stop(one)).rejects.toMatchObject({ code: 'GNT_NO_SUCH_WORKER' });
  });

  test('a process of another run, or another process with the same pid, is refused', async () => {
    const signals = new WorkerSignals(table);
    const pid = await start('another run');
    expect(table.lookup(pid)).toBe('foreign');
    await expect(signals.kill({ ...one, pid })).rejects.toMatchObject({ code: 'GNT_FOREIGN_PID' });
    const replaced = { ...one, startTicks: one.startTicks - 1 };
    await expect(signals.kill(replaced)).rejects.toMatchObject({ code: 'GNT_FOREIGN_PID' });
    expect(stateOf(one)).toBe('running');
  });
});

/** Waits for the state, 2 s at the longest. */
async function reached(process: ServiceProcess, state: 'running' | 'stopped'): Promise<boolean> {
  for (const until = Date.now() + 2000; Date.now() < until && stateOf(process) !== state; ) {
    await new Promise((resume) => setTimeout(resume, 2));
  }
  return stateOf(process) === state;
}
