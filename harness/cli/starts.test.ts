import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { environmentOf } from '../stack/process-table.ts';
import { GauntletProcess, newFolder, processesOf, untilGone, untilRunning } from './gauntlet-process.ts';

const up = ['up', '--driver', 'process', '--profiles', 'core'];

function expectNothingLeft(run: GauntletProcess): void {
  expect(processesOf(run.runId)).toEqual([]);
  const state = join(run.folder, 'state');
  expect(existsSync(state) ? readdirSync(state) : []).toEqual([]);
}

test('a kept stack is listed by status, shown by logs and removed by down', async () => {
  const run = new GauntletProcess(up);
  expect(await run.exit()).toBe(0);
  expect(run.output).toContain(`npx gauntlet down ${run.runId}`);

  const status = new GauntletProcess(['status', '--json'], {}, run.folder);
  await status.exit();
  const { stacks } = JSON.parse(status.output) as { stacks: { runId: string; services: object }[] };
  expect(stacks).toMatchObject([{ runId: run.runId, services: { web: { state: 'healthy', workers: 1 } } }]);

  const logs = new GauntletProcess(['logs', 'web'], {}, run.folder);
  expect(await logs.exit()).toBe(0);
  expect(logs.output).toContain('fixture web starts');

  const down = new GauntletProcess(['down'], {}, run.folder);
  expect(await down.exit()).toBe(0);
  expectNothingLeft(run);
});

test('a service that exits at once is the culprit, with its code and last lines', async () => {
  const run = new GauntletProcess(up, { WEB_BEHAVIOUR: 'exit' });
  expect(await run.exit()).toBe(1);
  expect(run.output).toContain('GNT_SERVICE_EXITED: web exited with code 7 while starting.');
  expect(run.output).toContain('│ this is the reason why it exits');
  expect(run.output).toContain('Look closer: npx gauntlet up');
  expectNothingLeft(run);
});

test('a service that never gets ready is named after the deadline, with what its check said', async () => {
  const run = new GauntletProcess([...up, '--deadline', '2'], { WORKER_BEHAVIOUR: 'never-ready' });
  expect(await run.exit()).toBe(1);
  expect(run.output).toMatch(/GNT_SERVICE_NOT_READY: worker was not ready within 2 s \(.*(503|refused)/);
  expectNothingLeft(run);
});

test('a service that gets ready and then dies fails the start', async () => {
  const run = new GauntletProcess([...up, '--deadline', '20'], {
    WORKER_BEHAVIOUR: 'die-when-told',
    WEB_BEHAVIOUR: 'never-ready',
  });
  await run.said(/✔ worker/);
  for (const pid of processesOf(run.runId)) {
    if (environmentOf(pid, 'GAUNTLET_SERVICE') === 'worker') process.kill(pid, 'SIGUSR2');
  }
  expect(await run.exit()).toBe(1);
  expect(run.output).toContain('GNT_SERVICE_DIED: worker became ready and then died (code 9).');
  expectNothingLeft(run);
});

test('a taken port is named with the variable that chose it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const run = new GauntletProcess(up, { WEB_PORT: String(port) });
  expect(await run.exit()).toBe(1);
  expect(run.output).toContain(`GNT_PORT_TAKEN: Port ${port} of web is already in use.`);
  expect(run.output).toContain('Unset WEB_PORT');
  server.close();
});

test('two stacks at once do not meet', async () => {
  const folder = newFolder();
  const runs = [new GauntletProcess(up, {}, folder), new GauntletProcess(up, {}, folder)];
  expect(await Promise.all(runs.map((run) => run.exit()))).toEqual([0, 0]);
  const [first, second] = runs as [GauntletProcess, GauntletProcess];
  expect(first.runId).not.toBe(second.runId);
  await new GauntletProcess(['down', first.runId], {}, folder).exit();
  expect(processesOf(first.runId)).toEqual([]);
  expect(processesOf(second.runId)).toHaveLength(3);
  await new GauntletProcess(['down', '--all'], {}, folder).exit();
  expect(processesOf(second.runId)).toEqual([]);
});

test('Ctrl-C while services start removes them and says so', async () => {
  const run = new GauntletProcess(up, { WEB_BEHAVIOUR: 'never-ready', WORKER_BEHAVIOUR: 'deaf' });
  await run.said(/✔ worker/);
  run.child.kill('SIGINT');
  expect(await run.exit()).toBe(130);
  expect(run.output).toContain('SIGINT: tearing down');
  expect(run.output).toContain('GNT_INTERRUPTED');
  expectNothingLeft(run);
});

test('kill -9 while services start leaves nothing, not even a process that ignores SIGTERM and left its group', async () => {
  const run = new GauntletProcess(up, { WEB_BEHAVIOUR: 'never-ready', WORKER_BEHAVIOUR: 'deaf' });
  await run.said(/✔ worker/);
  await untilRunning(run.runId, 4);
  run.child.kill('SIGKILL');
  await untilGone(run.runId);
});
