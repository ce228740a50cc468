import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { dirname, join } from 'node:path';
import axios, { type AxiosInstance } from 'axios';
import { service, setting } from '../../harness/suite/stack.ts';
import type { WorkerProxy } from '../../harness/workers/client.ts';

/** Signed in as administrator. Any status is an answer. */
export type Admin = AxiosInstance;

/** Each request on a connection of its own, so that all workers get some. */
export async function signIn(): Promise<Admin> {
  const { url } = service('open-webui');
  return client(url, new Agent({ keepAlive: false }), await token(url));
}

/** A new person with the rights of an administrator, for tests of what belongs to one person. */
export async function newPerson(admin: Admin): Promise<{ readonly client: Admin; remove(): Promise<void> }> {
  const name = randomUUID();
  const { data } = await admin.post<{ id: string; token: string }>('/api/v1/auths/add', {
    name,
    email: `${name}@gauntlet.test`,
    password: randomUUID(),
    role: 'admin',
  });
  return {
    client: client(service('open-webui').url, new Agent({ keepAlive: false }), data.token),
    remove: async () => void (await admin.delete(`/api/v1/users/${data.id}`)),
  };
}

/** The same person, every connection of whom ends in one worker. */
export function throughWorker(admin: Admin, { baseUrl, agent }: WorkerProxy): Admin {
  return client(baseUrl, agent, bearerOf(admin));
}

/** The same person on one kept connection, which is with one worker as long as it is used. */
export function onOneConnection(admin: Admin): Admin {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return client(service('open-webui').url, agent, bearerOf(admin));
}

export const bearerOf = (admin: Admin) =>
  String(admin.defaults.headers.Authorization).slice('Bearer '.length);

function client(baseURL: string, httpAgent: Agent, bearer: string): Admin {
  return axios.create({
    baseURL,
    httpAgent,
    proxy: false,
    timeout: 60_000,
    headers: { Authorization: `Bearer ${bearer}` },
    validateStatus: () => true,
  });
}

/** Open WebUI takes 15 sign-ins in 3 minutes, so the files of a stack's runs share one; it outlives restarts. */
async function token(url: string): Promise<string> {
  const path = join(dirname(process.env.GAUNTLET_STACK ?? ''), 'open-webui-token');
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const { data } = await axios.post<{ token: string }>(
    `${url}/api/v1/auths/signin`,
    { email: 'admin@gauntlet.test', password: setting('WEBUI_ADMIN_PASSWORD') },
    { timeout: 60_000 },
  );
  writeFileSync(path, data.token, { mode: 0o600 });
  return data.token;
}
