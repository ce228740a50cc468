import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { CodeRun } from './code-run.ts';
import type { Isolation } from './isolation.ts';
import { defaultLimits, type SandboxLimits } from './limits.ts';
import { runCode } from './run-code.ts';
import { type RuntimeName, runtimes } from './runtimes.ts';
import { createSlots } from './slots.ts';

/** What can be run here and how far it is cut off. */
export interface SandboxAbilities {
  readonly isolation: Isolation;
  readonly network: 'none' | 'open';
  readonly runtimes: readonly RuntimeName[];
}

export interface Sandbox {
  /** Found out once, when first asked. */
  abilities(): Promise<SandboxAbilities>;
  /** @throws when the runtime is missing or the signal aborts */
  run(runtime: RuntimeName, code: string, signal: AbortSignal): Promise<CodeRun>;
}

export interface SandboxOptions {
  readonly log: Logger;
  readonly limits?: SandboxLimits;
  /** Programs at the same time, in one worker; more wait for their turn. */
  readonly concurrency?: number;
  /** Where neither namespaces nor a user of their own can be had: run programs as the server's user all the same. */
  readonly sharedUser?: boolean;
}

interface Found {
  readonly isolation: Isolation;
  readonly programs: Readonly<Partial<Record<RuntimeName, string>>>;
}

/** Runs programs of strangers as child processes; see {@link Isolation} for what keeps them in. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { log, limits = defaultLimits, concurrency = 2, sharedUser = false } = options;
  const slots = createSlots(concurrency);
  let finding: Promise<Found> | undefined;
  const found = () => {
    finding ??= explore(sharedUser).then((result) => {
      log.info(result, 'sandbox explored');
      // A machine too busy to start a program in time is asked again.
      if (Object.keys(result.programs).length === 0) finding = undefined;
      return result;
    });
    return finding;
  };
  return {
    abilities: async () => {
      const { isolation, programs } = await found();
      return {
        isolation,
        network: isolation === 'namespaces' ? 'none' : 'open',
        runtimes: Object.keys(programs) as RuntimeName[],
      };
    },
    run: async (name, code, signal) => {
      const { isolation, programs } = await found();
      const program = programs[name];
      if (program === undefined) throw new Error(`The sandbox has no ${runtimes[name].title}.`);
      return await slots.use(signal, () =>
        runCode({ isolation, runtime: runtimes[name], program, code, limits, signal }),
      );
    },
  };
}

/** Whether a program starts is no matter of how busy the machine is, or of how little its code may take. */
const exploreMs = 30_000;
const exploreLimits: SandboxLimits = { ...defaultLimits, wallClockMs: exploreMs };

/**
 * Tries each program under the strongest isolation first; what starts under it is used. A program that shares the
 * server's user could read its environment, keys included, and outlive its run: nobody gets that without asking.
 */
async function explore(sharedUser: boolean): Promise<Found> {
  const fallback = sharedUser || process.getuid?.() === 0 ? (['process'] as const) : [];
  for (const isolation of ['namespaces', ...fallback] as const) {
    const pairs = await Promise.all(
      Object.values(runtimes).map(async (runtime) => {
        for (const program of runtime.programs) {
          if (await starts(isolation, runtime.name, program)) return [[runtime.name, program] as const];
        }
        return [];
      }),
    );
    const programs = Object.fromEntries(pairs.flat());
    if (Object.keys(programs).length > 0) return { isolation, programs };
  }
  return { isolation: 'process', programs: {} };
}

async function starts(isolation: Isolation, name: RuntimeName, program: string): Promise<boolean> {
  const word = randomUUID();
  const code = name === 'python' ? `print("${word}")` : `console.log("${word}")`;
  const signal = AbortSignal.timeout(exploreMs);
  try {
    const run = await runCode({
      isolation,
      runtime: runtimes[name],
      program,
      code,
      limits: exploreLimits,
      signal,
    });
    return run.output.trim() === word;
  } catch {
    return false;
  }
}
