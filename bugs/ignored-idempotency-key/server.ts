import { runCluster } from '../kit/cluster.ts';
import { serveTasks, taskConduct } from '../kit/task-server.ts';
import { taskTable } from '../kit/task-table.ts';

/** A service that takes an idempotency key and does the work again all the same. */
runCluster(taskTable(), (ask) => serveTasks(ask, { ...taskConduct(ask), isNew: async () => true }));
