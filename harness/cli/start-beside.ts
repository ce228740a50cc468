import type { Attempt } from '../stack/bring-up.ts';
import type { StackOptions } from './options.ts';
import { planRun, startStack } from './start-stack.ts';

/** What a stack leaves in the environment of the process that started it. */
const names = ['GAUNTLET_RUN', 'GAUNTLET_SUPERVISOR'];

/**
 * A stack beside the one that this process has: what it starts from then on belongs to the first again.
 *
 * @param environment variables for it alone
 */
export async function startBeside(
  options: StackOptions,
  links: readonly string[],
  signal: AbortSignal,
  environment: Readonly<Record<string, string>> = {},
): Promise<Attempt> {
  const before = [...names, ...Object.keys(environment)].map((name) => [name, process.env[name]] as const);
  try {
    Object.assign(process.env, environment);
    return await startStack(await planRun(options, links), options.deadline, signal);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
