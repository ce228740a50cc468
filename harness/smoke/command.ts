import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { packageRoot } from '../stack/process/launch.ts';
import { skip } from '../suite/skip.ts';

const withinMs = 55_000;

export interface CommandEnd {
  readonly exitCode: number | undefined;
  readonly output: string;
}

/** Runs the command `gauntlet` with the interpreter of this process; its output, however it ends. */
export async function gauntlet(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandEnd> {
  const { exitCode, all } = await execa(process.execPath, ['harness/cli/main.ts', ...args], {
    cwd: packageRoot,
    env: environment,
    all: true,
    reject: false,
    timeout: withinMs,
  });
  return { exitCode, output: all };
}

/**
 * Runs Claude Code once against an address, with a home of its own that holds no account. Skips the running test without
 * the program; `E2E_CLAUDE_BIN` names it.
 */
export async function claudeCode(url: string, key: string, prompt: string): Promise<CommandEnd> {
  const program = process.env.E2E_CLAUDE_BIN || 'claude';
  const { exitCode, all, code } = await execa(program, ['--print', prompt], {
    cwd: tmpdir(),
    extendEnv: false,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: tmpdir(),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      DISABLE_TELEMETRY: '1',
    },
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: withinMs,
  });
  if (code === 'ENOENT')
    skip(`there is no program ${program}: E2E_CLAUDE_BIN names Claude Code`, 'missing_env');
  return { exitCode, output: all };
}
