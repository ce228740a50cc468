import { runCluster } from '../kit/cluster.ts';
import { serveTasks, taskConduct } from '../kit/task-server.ts';
import { taskTable } from '../kit/task-table.ts';

/** A service that marks a task as running, and leaves it so when the worker that runs it is gone. */
runCluster(taskTable(), (ask) => serveTasks(ask, { ...taskConduct(ask), endLost: async () => undefined }));
