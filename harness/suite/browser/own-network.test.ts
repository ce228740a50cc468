import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../until.ts';
import { type OwnNetwork, ownNetwork } from './own-network.ts';

const prepared = ['--map-root-user', '--net', 'ip', 'link', 'set', 'lo', 'up'];
const inNetworks = spawnSync('unshare', prepared).status === 0 ? test : test.skip;

let reached: Server;
let hidden: Server;
let network: OwnNetwork | undefined;
beforeEach(async () => {
  reached = await serving('reached');
  hidden = await serving('hidden');
});
afterEach(async () => {
  network?.close();
  for (const server of [reached, hidden]) server.close();
});

const serving = (text: string) =>
  new Promise<Server>((resolve) => {
    const server = createServer((_, response) => response.end(text));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
const addressOf = (server: Server) => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });

/** What a program prints that runs in the network. */
async function runIn(inside: OwnNetwork, source: string): Promise<string> {
  const { file, env } = inside.entering(process.execPath);
  const { stdout } = await promisify(execFile)(file, ['--eval', source], { env: { ...process.env, ...env } });
  return stdout;
}
const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
const asking = ({ port }: { readonly port: number }) =>
  `fetch('http://127.0.0.1:${port}').then((r) => r.text(), ({ cause }) => cause.code).then(console.log)`;

inNetworks('its loopback leads to the address that it was made for, and to no other', async () => {
  network = await ownNetwork(addressOf(reached));
  if (!network) throw new Error('no network');
  expect(await runIn(network, asking(addressOf(reached)))).toBe('reached\n');
  expect(await runIn(network, asking(addressOf(hidden)))).toBe('ECONNREFUSED\n');
});

inNetworks('it has an interface of its own beside the loopback, and none of the machine', async () => {
  network = await ownNetwork(addressOf(reached));
  if (!network) throw new Error('no network');
  const names = await runIn(network, `console.log(Object.keys(os.networkInterfaces()).join())`);
  expect(names).toContain('net0');
  expect(names).toMatch(/^(?:(?:lo|net0|net1)[,\s])+$/);
  const address = await runIn(network, `console.log(os.networkInterfaces().net0[0].address)`);
  expect(address).toBe('192.0.2.1\n');
});

inNetworks('closed it is gone, with the process that kept it', async () => {
  network = await ownNetwork(addressOf(reached));
  const holder = Number(network?.entering('true').env.NETWORK_HOLDER);
  expect(isAlive(holder)).toBe(true);
  network?.close();
  network?.close();
  await until('the process that kept it ends', () => !isAlive(holder), 10_000);
});

test('where there are no such networks there is none', async () => {
  expect(await ownNetwork(addressOf(reached), { PATH: '/no/such/folder' })).toBeUndefined();
});
