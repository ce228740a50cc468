/**
 * The supervisor of one run: a process of its own that starts the services of the process driver and, for every
 * driver, removes the whole run when its owner disappears without having released it. It needs no container, so it
 * works where no reaper image can be pulled.
 *
 * Usage: node main.ts RUN_ID (engine|no-engine)
 */
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { removeRun } from '../remove-run.ts';
import { runFolder } from '../run-folder.ts';
import { Children } from './children.ts';
import { type Message, type Request, receive, send } from './messages.ts';
import { PendingUndos } from './pending-undos.ts';

/** An owner that never shows up has died before it could connect. */
const ownerTimeoutMs = 10_000;
const restartGraceMs = 5_000;
const engineWithinMs = 60_000;

const [runId = '', engine] = process.argv.slice(2);
const clients = new Set<Socket>();
let owner: Socket | undefined;
let kept = false;
let removing: Promise<void> | undefined;

const children = new Children((service, code, signal) => {
  if (removing) return;
  for (const client of clients) send(client, { event: 'exit', service, code, signal });
});

const undos = new PendingUndos(async (args) => {
  const { failed, stderr } = await execa('docker', args, { reject: false, timeout: engineWithinMs });
  return failed ? stderr || 'no answer in time' : undefined;
});

const server = createServer((client) => {
  clients.add(client);
  client.on('error', () => client.destroy());
  client.on('close', () => {
    clients.delete(client);
    if (client === owner && !kept) void remove();
  });
  receive<Request>(client, (request) => {
    handle(client, request).then(
      (answer) => send(client, { id: request.id, ok: true, ...answer } as Message),
      (error: Error) => send(client, { id: request.id, ok: false, error: error.message }),
    );
  });
});

async function handle(client: Socket, request: Request): Promise<{ pid?: number } | undefined> {
  switch (request.do) {
    case 'own':
      owner = client;
      return;
    case 'release':
      kept = true;
      return;
    case 'start':
      if (removing) throw new Error('the run is being removed');
      return { pid: await children.start(request.order) };
    case 'restart':
      return { pid: await children.restart(request.service, restartGraceMs, request.workers) };
    case 'kill':
      return { pid: await children.kill(request.service, request.reviveAfterMs) };
    case 'undo-later':
      undos.later(request.name, request.commands, request.afterMs);
      return;
    case 'undo-now':
      await undos.now(request.name);
      return;
    case 'down':
      return void (await remove());
  }
}

function remove(): Promise<void> {
  undos.clear();
  removing ??= removeRun({ runId, engine: engine === 'engine' }).finally(() => {
    // The answer to "down" must leave before the process does.
    setImmediate(() => {
      server.close();
      for (const client of clients) client.end();
      setTimeout(() => process.exit(0), 200).unref();
    });
  });
  return removing;
}

for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => void remove());
process.on('uncaughtException', (error) => {
  console.error(error);
  void remove();
});

const socket = join(runFolder(runId), 'supervisor.sock');
rmSync(socket, { force: true });
server.listen(socket, () => process.stdout.write('listening\n'));
setTimeout(() => owner ?? remove(), ownerTimeoutMs).unref();
