import type { ScopeClient } from '../../workers/client.ts';
import { stackScope } from '../scope.ts';
import { optionalService, service } from '../stack.ts';
import { type Admin, newPerson, onOneConnection, throughWorker } from './admin.ts';
import { askForJson, listedModels } from './chat.ts';

const connectionsMax = 40;

/** Clients that between them reach every worker of Open WebUI. */
export interface EveryWorker {
  readonly admins: readonly Admin[];
  close(): Promise<void>;
}

/**
 * One client per worker, each of which has listed the models: without Redis a worker knows a new pipe only after it
 * has listed them itself. Where the stack has no scope, connections are opened until all pids have answered.
 *
 * @param pipe one that answers `/pid`
 */
export async function everyWorker(admin: Admin, pipe: string): Promise<EveryWorker> {
  if (optionalService('scope') && !service('open-webui').remote) return await pinned(admin);
  const admins = new Map<number, Admin>();
  for (let opened = 0; admins.size < service('open-webui').workers; opened += 1) {
    if (opened === connectionsMax)
      throw new Error(`${connectionsMax} connections reached ${admins.size} workers`);
    const connection = onOneConnection(admin);
    await listedModels(connection);
    const { pid } = await askForJson<{ pid: number }>(connection, pipe, '/pid');
    if (!admins.has(pid)) admins.set(pid, connection);
  }
  return { admins: [...admins.values()], close: async () => undefined };
}

/** A new person through each of two workers, until `end`. */
export interface PersonOnTwo {
  readonly workers: readonly [Admin, Admin];
  end(): Promise<void>;
}

/** @param pipe one that answers `/pid` where the stack has no scope */
export async function personOnTwoWorkers(admin: Admin, pipe: string): Promise<PersonOnTwo> {
  const person = await newPerson(admin);
  const { admins, close } = await everyWorker(person.client, pipe);
  const [first, second] = admins;
  if (!first || !second) throw new Error('fewer than two workers were reached');
  const end = async () => {
    await close();
    await person.remove();
  };
  return { workers: [first, second], end };
}

async function pinned(admin: Admin): Promise<EveryWorker> {
  const scope: ScopeClient = stackScope();
  const workers = await scope.workers('open-webui');
  const admins = workers.map(({ index }) => throughWorker(admin, scope.proxyFor('open-webui', index)));
  await Promise.all(admins.map(listedModels));
  return { admins, close: () => scope.close() };
}
