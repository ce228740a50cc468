import { setTimeout as delay } from 'node:timers/promises';
import { runCluster } from '../kit/cluster.ts';
import { serveTasks, taskConduct } from '../kit/task-server.ts';
import { taskTable } from '../kit/task-table.ts';

/** The time a job takes. */
const jobMs = 30;

/** A service whose workers each run all timers that are due, and remove them when they have. */
runCluster(taskTable(), (ask) => {
  const runDue = async () => {
    for (const name of await ask<readonly string[]>('dueTimers')) {
      const list = await ask<string | undefined>('timer', name);
      if (list === undefined) continue;
      await delay(jobMs);
      await ask('append', list, name);
      await ask('removeTimer', name);
    }
  };
  return serveTasks(ask, { ...taskConduct(ask), runDue });
});
