import type { Command } from 'commander';
import { gauntletError } from '../errors.ts';
import { removeRun } from '../stack/remove-run.ts';
import { readStackRecord } from '../stack/run-folder.ts';
import { connectSupervisor } from '../stack/supervisor/client.ts';
import { sweep } from '../stack/sweep.ts';
import { chooseDriver } from './choose-driver.ts';
import { keptRun, runningRuns } from './kept-run.ts';

export function addDownCommand(program: Command): void {
  program
    .command('down [run-id]')
    .description('remove a kept stack (default: the only one)')
    .option('--all', 'remove all stacks of this user, and what crashed runs left')
    .action(async (id: string | undefined, { all }: { all?: true }) => {
      const { engine } = await chooseDriver(undefined);
      const running = runningRuns();
      // Removing the wrong stack cannot be undone, so there is no guess.
      if (!all && id === undefined && running.length > 1) {
        throw gauntletError(
          'GNT_USAGE',
          `Several stacks are up; which one? ${running.join(', ')}, or --all.`,
        );
      }
      const runs = all ? running : [keptRun(id)];
      for (const runId of runs) {
        await remove(runId, engine);
        console.log(`removed ${runId}`);
      }
      if (!all) return;
      const left = await sweep(engine);
      console.log(
        left.length > 0 ? `removed what crashed runs had left: ${left.join(', ')}` : 'nothing else was left',
      );
    });
}

/** Through the supervisor, or without it when it does not answer. */
async function remove(runId: string, engine: boolean): Promise<void> {
  const driver = readStackRecord(runId)?.driver;
  try {
    await (await connectSupervisor(runId)).down();
  } catch {
    await removeRun({ runId, engine: engine && driver !== 'process' });
  }
}
