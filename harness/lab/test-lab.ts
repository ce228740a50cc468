import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultUnsupported } from '../faults/applied-fault.ts';
import type { StackRecord } from '../stack/run-folder.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Subject } from './hunting/subject.ts';
import { openLabStack } from './lab-stack.ts';
import { Connections } from './running/connections.ts';
import type { Lab } from './running/run-plan.ts';

/** A service in the process of a test, as a stack of one remote service. */
export interface TestLab {
  readonly lab: Lab;
  /** Restarts by making a new listener. */
  readonly subject: Subject;
  readonly restarts: () => number;
  close(): void;
}

/** A lab on a server that listens in the process of a test, as a stack of one remote service; `close` ends both. */
export async function openServerLab(
  workload: Workload,
  server: Server,
  operationTimeoutMs = 5_000,
): Promise<Pick<TestLab, 'lab' | 'close'>> {
  if (!server.listening) await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const record = {
    runId: 'test',
    driver: 'remote',
    services: { [workload.service]: { state: 'remote', url } },
    variables: {},
  } as unknown as StackRecord;
  const stack = await openLabStack(record);
  const connections = new Connections(stack);
  return {
    lab: { stack, workload, connections, operationTimeoutMs },
    close: () => {
      connections.reset();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @param start makes the service as it is when it has just begun */
export async function openTestLab(
  workload: Workload,
  start: () => RequestListener,
  operationTimeoutMs = 5_000,
): Promise<TestLab> {
  let listener = start();
  let restarts = 0;
  const server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
  const open = await openServerLab(workload, server, operationTimeoutMs);
  const subject: Subject = {
    restart: async () => {
      restarts += 1;
      listener = start();
    },
    answers: async () => true,
    withOneWorker: async () => {
      throw new FaultUnsupported('it is a part of the test');
    },
  };
  return { ...open, subject, restarts: () => restarts };
}
