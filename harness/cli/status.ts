import type { Command } from 'commander';
import { readStackRecord, type StackRecord } from '../stack/run-folder.ts';
import { runningRuns } from './kept-run.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('list the running stacks with their services')
    .option('--json', 'print one JSON object')
    .action(({ json }: { json?: true }) => {
      const records = runningRuns().flatMap((runId) => readStackRecord(runId) ?? []);
      if (json) {
        const stacks = records.map(({ runId, driver, startedAt, services }) => ({
          runId,
          driver,
          startedAt,
          services,
        }));
        console.log(JSON.stringify({ stacks }, null, 2));
        return;
      }
      if (records.length === 0) console.log('no stack is running');
      for (const record of records) print(record);
    });
}

function print({ runId, driver, startedAt, services }: StackRecord): void {
  console.log(`${runId} · ${driver} · since ${startedAt}`);
  for (const [name, { state, url, version, workers, reason }] of Object.entries(services)) {
    const what = [version, workers && workers > 1 ? `${workers} workers` : '', url, reason]
      .filter(Boolean)
      .join('  ');
    console.log(`  ${name.padEnd(19)} ${state.padEnd(8)} ${what}`);
  }
}
