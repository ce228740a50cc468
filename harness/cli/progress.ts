import { Listr, type ListrTaskWrapper } from 'listr2';
import type { Progress } from '../stack/driver.ts';

/** Shows how services come up. `done` must be called once, whatever happened. */
export interface ProgressView {
  readonly progress: Progress;
  done(): Promise<void>;
}

const heartbeatMs = 10_000;
/** Lines for people are no longer; what a package manager says of itself may be thousands. */
const mostColumns = 100;

/** One live line per service on a terminal; elsewhere a line per change, and a heartbeat for what takes long. */
export function watchServices(names: readonly string[], describe: (name: string) => string): ProgressView {
  return process.stdout.isTTY ? liveView(names, describe) : plainView(describe);
}

function plainView(describe: (name: string) => string): ProgressView {
  const waiting = new Map<string, { since: number; told: number; detail: string }>();
  const beat = setInterval(() => {
    const now = Date.now();
    for (const [name, entry] of waiting) {
      if (now - entry.told < heartbeatMs) continue;
      entry.told = now;
      tell(`  … ${name.padEnd(19)} ${Math.round((now - entry.since) / 1000)} s · ${entry.detail}`);
    }
  }, 1_000);
  return {
    progress(name, state, detail) {
      if (state === 'waiting' || state === 'preparing') {
        const known = waiting.get(name);
        waiting.set(name, { since: known?.since ?? Date.now(), told: known?.told ?? Date.now(), detail });
        return;
      }
      waiting.delete(name);
      const line = `${name.padEnd(19)} ${state === 'ready' ? `${describe(name)}${detail}` : detail}`;
      if (state === 'prepared') tell(`  · ${line}`);
      else console.log(`  ${state === 'ready' ? '✔' : '✗'} ${line}`);
    },
    async done() {
      clearInterval(beat);
    },
  };
}

/** Prints a line of what goes on, as much of it as fits. */
export function tell(line: string): void {
  const [first = ''] = line.split('\n');
  console.log(first.length > mostColumns ? `${first.slice(0, mostColumns - 1)}…` : first);
}

function liveView(names: readonly string[], describe: (name: string) => string): ProgressView {
  type Wrapper = ListrTaskWrapper<unknown, never, never>;
  const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  // One whose task has not begun has nobody else to look at its end.
  for (const { promise } of ends.values()) promise.catch(() => undefined);
  const wrappers = new Map<string, Wrapper>();
  const list = new Listr(
    names.map((name) => ({
      title: name,
      task: (_: unknown, wrapper: unknown) => {
        wrappers.set(name, wrapper as Wrapper);
        return ends.get(name)?.promise;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      // Its own answer to Ctrl-C ends the process, in the middle of tearing down.
      registerSignalListeners: false,
      rendererOptions: { collapseErrors: false, showSubtasks: true },
    },
  );
  const finished = list.run().catch(() => undefined);
  return {
    progress(name, state, detail) {
      const wrapper = wrappers.get(name);
      if (state === 'failed') ends.get(name)?.reject(new Error(`${name}: ${detail}`));
      else if (wrapper)
        wrapper.title = `${name.padEnd(19)} ${state === 'ready' ? describe(name) : ''}${detail}`;
      if (state === 'ready') ends.get(name)?.resolve();
    },
    async done() {
      for (const { reject } of ends.values()) reject(new Error('stopped'));
      await finished;
    },
  };
}
