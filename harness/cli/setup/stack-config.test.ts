import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import getPort from 'get-port';
import { GauntletProcess, newFolder, processesOf } from '../gauntlet-process.ts';

const environment = { GAUNTLET_COMPOSE_FILE: 'harness/cli/fixtures/gateway-compose.yaml' };
const folder = newFolder();

async function up(port: number, ...args: readonly string[]): Promise<GauntletProcess> {
  const config = ['up', '--driver', 'process', '--stack-config', `server:core:${port}`];
  const run = new GauntletProcess([...config, ...args], environment, folder);
  await run.exit();
  return run;
}

afterAll(() => new GauntletProcess(['down', '--all'], environment, folder).exit());

// covers 002/server-port
// covers 002/server-reuse
test('a server is started at the port that was named, and the next one like it is the same', async () => {
  const port = await getPort();
  const first = await up(port, '--env', 'GREETING=good morning');
  expect(first.output).toContain(`http://127.0.0.1:${port}`);
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);

  const again = await up(port, '--env', 'GREETING=good morning');
  expect(again.child.exitCode).toBe(0);
  expect(again.output).toMatch(new RegExp(`it runs already[\\s\\S]*${first.runId}`));
  expect(processesOf(first.runId)).not.toEqual([]);

  const other = await up(port, '--env', 'GREETING=good night');
  expect(other.child.exitCode).toBe(2);
  expect(other.output).toMatch(`GNT_STACK_TAKEN: Port ${port} is taken by the stack ${first.runId}, which`);

  const logs = new GauntletProcess(['logs', 'gateway'], environment, folder);
  await logs.exit();
  expect(logs.output).toContain('it is told: good morning');
});

test('a stranger at the port is neither used nor harmed', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const run = await up(port);
  expect(run.child.exitCode).toBe(2);
  expect(run.output).toContain(`Port ${port} is taken by a process that is no stack of gauntlet`);
  expect(server.listening).toBe(true);
  server.close();
});
