import { join } from 'node:path';
import type { Command } from 'commander';
import { execa } from 'execa';
import { gauntletError } from '../errors.ts';
import { redact, secretsOf } from '../report/redact.ts';
import { projectName } from '../stack/remove-run.ts';
import { readStackRecord, runFolder, type StackRecord } from '../stack/run-folder.ts';
import { interruptSignal } from './interrupts.ts';
import { keptRun } from './kept-run.ts';

export function addLogsCommand(program: Command): void {
  program
    .command('logs <service>')
    .description('print the log of a service of a kept stack')
    .option('-f, --follow', 'go on as it grows')
    .option('--run <run-id>', 'which stack (default: the newest)')
    .action(async (service: string, { follow, run }: { follow?: true; run?: string }) => {
      const record = readStackRecord(keptRun(run)) as StackRecord;
      const names = Object.keys(record.services);
      if (!names.includes(service)) throw gauntletError('GNT_UNKNOWN_SERVICE', service, names.join(', '));
      const secrets = secretsOf({}, record.secrets);
      const [command, ...args] = logCommand(record, service, follow === true);
      const signal = follow ? interruptSignal() : undefined;
      const child = execa(command as string, args, {
        reject: false,
        stdin: 'ignore',
        all: true,
        buffer: false,
        ...(signal ? { cancelSignal: signal } : {}),
      });
      for await (const line of child.iterable({ from: 'all' })) console.log(redact(String(line), secrets));
      await child;
    });
}

/** A kept stack's containers log to the engine; processes log to a file. */
function logCommand({ runId, driver }: StackRecord, service: string, follow: boolean): readonly string[] {
  if (driver === 'compose') {
    const options = ['--no-color', '--no-log-prefix', ...(follow ? ['--follow'] : [])];
    return ['docker', 'compose', '--project-name', projectName(runId), 'logs', ...options, service];
  }
  return [
    'tail',
    '--lines=+1',
    ...(follow ? ['--follow'] : []),
    join(runFolder(runId), 'logs', `${service}.log`),
  ];
}
