import { addressInTable } from '../processes/proc-text.ts';
import { heldSockets, networkNamespace, readTcpTable } from '../processes/socket-table.ts';
import {
  type Worker,
  type WorkerList,
  type WorkerRegister,
  workerName,
} from '../processes/worker-register.ts';
import { ScopeError } from '../scope-error.ts';

/** The client side of a connection. Without an address the port alone has to tell. */
export interface PeerAddress {
  readonly address?: string | undefined;
  readonly port: number;
}

/**
 * The socket inodes of established connections on the server's side, in the order of the peers;
 * undefined where there is none or it was not accepted yet.
 */
export function findInodes(
  { workers, tables }: WorkerList,
  servicePort: number,
  peers: readonly PeerAddress[],
): (number | undefined)[] {
  // Replicas live in namespaces of their own; workers of one server share one.
  const namespaces = Map.groupBy(workers, ({ pid }) => networkNamespace(pid));
  const rows = [...namespaces.values()]
    .flatMap((members) => tables.flatMap((table) => readTcpTable(members[0]?.pid ?? 0, table, servicePort)))
    .filter(({ listening, inode }) => !listening && inode !== 0);
  return peers.map(({ address, port }) => {
    const encoded = address === undefined ? undefined : addressInTable(address);
    const match = (row: (typeof rows)[number]) =>
      row.remotePort === port && (encoded === undefined || row.remoteAddress === encoded);
    return rows.find(match)?.inode;
  });
}

/** Which worker holds each of the inodes. A socket that only the primary holds so far is not in the answer. */
export function findHolders(workers: readonly Worker[], inodes: ReadonlySet<number>): Map<number, Worker> {
  const holders = new Map<number, Worker>();
  for (const worker of workers) {
    if (holders.size === inodes.size) break;
    for (const inode of heldSockets(worker.pid, inodes)) holders.set(inode, worker);
  }
  return holders;
}

/**
 * The worker that owns an existing connection; asks again until it is accepted and handed over.
 * @throws ScopeError GNT_NO_SUCH_CONNECTION, GNT_OWNER_UNKNOWN, and what the register throws
 */
export async function ownerOf(
  register: WorkerRegister,
  service: string,
  peer: PeerAddress,
  timeoutMs = 2000,
): Promise<Worker> {
  const { port } = register.addressOf(service);
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    const list = register.current(service);
    const [inode] = findInodes(list, port, [peer]);
    const owner = inode === undefined ? undefined : findHolders(list.workers, new Set([inode])).get(inode);
    if (owner) return owner;
    if (performance.now() > deadline) {
      const of = `${peer.address ?? '*'}:${peer.port} to ${service}`;
      if (inode !== undefined)
        throw new ScopeError('GNT_OWNER_UNKNOWN', `No worker holds the connection of ${of}.`);
      throw new ScopeError('GNT_NO_SUCH_CONNECTION', `No accepted connection of ${of}.`);
    }
    if (pauseMs > 8) register.refresh(service, 100);
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
}

/** `gateway.w2 (pid 123)`, for messages. */
export const describeWorker = (worker: Worker): string =>
  `${worker.service}.${workerName(worker)} (pid ${worker.pid})`;
