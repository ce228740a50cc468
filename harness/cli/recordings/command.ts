import { join } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import { cacheFolder } from '../../stack/process/cache-folder.ts';
import { packageRoot } from '../../stack/process/launch.ts';

/** All recordings of the repository. */
const everywhere = 'e2e/recordings';

interface FilesOptions {
  readonly recordings: string;
  readonly json?: true;
  readonly delete?: true;
  readonly accept?: true;
  readonly results?: string;
}

/** `gauntlet recordings list|show|verify|prune`: what the recorder knows of its files. */
export function addRecordingsCommand(program: Command): void {
  const recordings = program
    .command('recordings')
    .description('look after recorded answers of model providers');
  const add = (name: string, description: string) =>
    recordings
      .command(name)
      .description(description)
      .option('--recordings <dir>', 'folder of the recordings', process.env.GAUNTLET_RECORDINGS || everywhere)
      .option('--json', 'print JSON');
  add('list [which...]', 'list recordings: files, beginnings of keys, or scopes').action(
    (which: string[], options: FilesOptions) => run('list', options, which),
  );
  add('show <which...>', 'show what was asked and answered').action(
    (which: string[], options: FilesOptions) => run('show', options, which),
  );
  add('verify', 'check format, digests, doubles and credentials; exit code 1 when something is wrong')
    .option('--accept', 'take over what was changed by hand first')
    .action((options: FilesOptions) => run('verify', options));
  add('prune', 'list recordings that no test of the last replay used')
    .option('--delete', 'remove them')
    .option('--results <dir>', 'where results are', 'results')
    .action((options: FilesOptions) => run('prune', options));
}

/** The recorder alone knows its files. It gets the whole environment, since that tells the credentials to look for. */
async function run(command: string, options: FilesOptions, which: readonly string[] = []): Promise<void> {
  const lastRun = join(options.results ?? 'results', 'latest', 'recordings.json');
  const args = [
    ...[join(packageRoot, 'stubs/recorder/recordings.ts'), command],
    ...['--folder', options.recordings, '--last-run', lastRun],
    ...(options.json ? ['--json'] : []),
    ...(options.delete ? ['--delete'] : []),
    ...(options.accept ? ['--accept'] : []),
    ...['--', ...which],
  ];
  const { exitCode } = await execa(process.execPath, args, {
    stdio: 'inherit',
    reject: false,
    env: { NODE_COMPILE_CACHE: join(cacheFolder(), 'node') },
  });
  process.exitCode = exitCode ?? 1;
}
