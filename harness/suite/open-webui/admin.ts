import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import axios, { type AxiosInstance } from 'axios';
import { runFolder } from '../../stack/run-folder.ts';
import type { WorkerProxy } from '../../workers/client.ts';
import { runId, service, setting } from '../stack.ts';

/** Signed in as administrator. Any status is an answer. */
export type Admin = AxiosInstance;

/** Each request on a connection of its own, so that all workers get some. */
export async function signIn(): Promise<Admin> {
  const { url } = service('open-webui');
  return client(url, new Agent({ keepAlive: false }), await token(url));
}

/** Somebody whom a file has made, signed in. */
export interface Person {
  readonly client: Admin;
  /** What the form of the page takes. */
  readonly email: string;
  readonly password: string;
  remove(): Promise<void>;
}

/** A new person with the rights of an administrator, for tests of what belongs to one person. */
export async function newPerson(admin: Admin): Promise<Person> {
  const name = randomUUID();
  const email = `${name}@gauntlet.test`;
  const password = randomUUID();
  const { data } = await admin.post<{ id: string; token: string }>('/api/v1/auths/add', {
    ...{ name, email, password },
    role: 'admin',
  });
  return {
    client: client(service('open-webui').url, new Agent({ keepAlive: false }), data.token),
    email,
    password,
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
  const path = join(runFolder(runId()), 'open-webui-token');
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const { data } = await axios.post<{ token: string }>(
    `${url}/api/v1/auths/signin`,
    { email: 'admin@gauntlet.test', password: setting('WEBUI_ADMIN_PASSWORD') },
    { timeout: 60_000 },
  );
  writeFileSync(path, data.token, { mode: 0o600 });
  return data.token;
}
