import type { Command } from 'commander';
import { interruptSignal } from './interrupts.ts';
import { addStackOptions, type StackOptions } from './options.ts';
import { printError } from './print-error.ts';
import { printUrls } from './print-summary.ts';
import { planRun, startStack } from './start-stack.ts';

interface UpOptions extends StackOptions {
  readonly keepFailed?: true;
}

export function addUpCommand(program: Command): void {
  addStackOptions(program.command('up').description('bring the stack up and leave it up'))
    .option('--keep-failed', 'leave a stack that did not come up as it is, to look at it')
    .action(async (options: UpOptions) => {
      const signal = interruptSignal();
      const run = await planRun(options);
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
