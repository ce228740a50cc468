import { runCluster } from './cluster.ts';
import { serveTasks, taskConduct } from './task-server.ts';
import { taskTable } from './task-table.ts';

/** The service that takes work of the kit, without a bug. */
runCluster(taskTable(), (ask) => serveTasks(ask, taskConduct(ask)));
