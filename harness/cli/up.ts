import type { Command } from 'commander';
import { readStackRecord, type StackRecord } from '../stack/run-folder.ts';
import { interruptSignal } from './interrupts.ts';
import { addStackOptions, type StackOptions } from './options.ts';
import { printError } from './print-error.ts';
import { printUrls } from './print-summary.ts';
import { settleRun } from './setup/run-setup.ts';
import { runningServer } from './setup/running-server.ts';
import { addSetupOptions, type SetupOptions } from './setup/setup-options.ts';
import { planRun, startStack } from './start-stack.ts';

interface UpOptions extends StackOptions, SetupOptions {
  readonly keepFailed?: true;
}

export function addUpCommand(program: Command): void {
  addSetupOptions(addStackOptions(program.command('up').description('bring the stack up and leave it up')))
    .option('--keep-failed', 'leave a stack that did not come up as it is, to look at it')
    .action(async (asked: UpOptions) => {
      const signal = interruptSignal();
      const { setup, options } = settleRun(asked);
      const running = await runningServer(setup);
      if (running) {
        console.log(`gauntlet up · it runs already`);
        printUrls(readStackRecord(running) as StackRecord);
        return;
      }
      const run = await planRun(options, [], setup);
      const engine = run.chosen.why ? ` (${run.chosen.why})` : '';
      console.log(`gauntlet up · run ${run.plan.runId} · ${run.chosen.name}${engine}`);
      const { supervisor, record, error } = await startStack(run, options.deadline, signal);
      if (error === undefined && !signal.aborted) {
        await supervisor.release();
        supervisor.close();
        printUrls(record);
        return;
      }
      if (options.keepFailed && !signal.aborted) {
        await supervisor.release();
        supervisor.close();
        console.log(`\nkept for a look: npx gauntlet logs SERVICE, then npx gauntlet down ${record.runId}`);
      } else {
        await supervisor.down();
      }
      printError(signal.aborted ? signal.reason : error);
      process.exitCode = signal.aborted ? 130 : 1;
    });
}
