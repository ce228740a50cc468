import { execa } from 'execa';
import { gauntletError } from '../errors.ts';

export interface CommandOptions {
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Runs `docker …` and hands on each line of its output. Rejects only when `signal` fires. */
export async function dockerCommand(
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const command = execa('docker', args, {
    all: true,
    buffer: false,
    reject: false,
    stdin: 'ignore',
    cancelSignal: options.signal ? AbortSignal.any([timeout, options.signal]) : timeout,
    forceKillAfterDelay: 2_000,
  });
  const lines: string[] = [];
  for await (const chunk of command.iterable({ from: 'all' })) {
    const line = String(chunk);
    lines.push(line);
    options.onLine?.(line);
  }
  const result = await command;
  options.signal?.throwIfAborted();
  if (timeout.aborted) lines.push(`stopped after ${options.timeoutMs / 1000} s`);
  else if (result.failed && lines.length === 0) lines.push(result.shortMessage ?? 'docker failed');
  return { ok: !result.failed, lines };
}

/**
 * Which of these references the engine has: one question for all of them.
 * @throws GNT_ENGINE_UNREACHABLE
 */
export async function presentImages(
  references: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  if (references.length === 0) return new Set();
  const args = ['image', 'inspect', '--format', '{{json .RepoTags}}', ...references];
  const { lines } = await dockerCommand(args, { signal, timeoutMs: 15_000 });
  // Missing images are told on stderr, one line each; whatever else is said there is about the engine.
  const failure = lines.find((line) => line !== '' && !line.startsWith('[') && !/no such image/i.test(line));
  if (failure) throw gauntletError('GNT_ENGINE_UNREACHABLE', failure);
  const tags = lines.filter((line) => line.startsWith('[')).flatMap((line) => JSON.parse(line) as string[]);
  return new Set(references.filter((reference) => tags.includes(reference)));
}

/** Gives an image that is there one more name. */
export async function tagImage(reference: string, name: string): Promise<void> {
  await dockerCommand(['tag', reference, name], { timeoutMs: 10_000 });
}
