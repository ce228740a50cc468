import type { Command } from 'commander';
import { gauntletError } from '../../errors.ts';
import { listWorkers, openLabStack } from '../../lab/lab-stack.ts';
import { readStackRecord, type StackRecord } from '../../stack/run-folder.ts';
import type { WorkerView } from '../../workers/client.ts';
import { jsonOutput } from '../json-output.ts';
import { keptRun } from '../kept-run.ts';

interface ServiceWorkers {
  readonly workers?: readonly Omit<WorkerView, 'service'>[];
  /** Why there are none to be seen. */
  readonly unseen?: string;
}

export function addWorkersCommand(program: Command): void {
  program
    .command('workers')
    .description('list the workers of every service of a kept stack')
    .option('--stack <run-id>', 'which stack (default: the newest)')
    .option('--json', 'print one JSON object')
    .action(async ({ stack: id, json }: { stack?: string; json?: true }) => {
      const print = jsonOutput(json === true);
      const record = readStackRecord(keptRun(id)) as StackRecord;
      const services = await workersOf(record);
      console.log(`${record.runId} · ${record.driver}`);
      for (const [name, { workers = [], unseen }] of Object.entries(services)) {
        if (unseen) console.log(`  ${name.padEnd(19)} - ${unseen}`);
        for (const { name: worker, pid, state } of workers) {
          console.log(`  ${name.padEnd(19)} ${worker.padEnd(4)} pid ${String(pid).padEnd(8)} ${state}`);
        }
      }
      print({ runId: record.runId, services });
    });
}

async function workersOf(record: StackRecord): Promise<Readonly<Record<string, ServiceWorkers>>> {
  const stack = await openLabStack(record);
  try {
    if (!stack.scope) throw gauntletError('GNT_WORKERS_UNSEEN', record.runId, 'the stack has no scope');
    const found: Record<string, ServiceWorkers> = {};
    for (const name of Object.keys(record.services)) {
      if (!stack.has(name) || name === 'scope') continue;
      const seen = stack.unseen[name] ?? (await listWorkers(stack.scope, name));
      if (typeof seen === 'string') found[name] = { unseen: seen };
      else found[name] = { workers: seen.map(({ service: _, ...worker }) => worker) };
    }
    return found;
  } finally {
    await stack.close();
  }
}
