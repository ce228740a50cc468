import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gauntletError } from '../errors.ts';
import { addPipe, listModels, must, pipeName, question, signedIn, textIn } from './open-webui-session.ts';
import { completionOf, type Operation, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

const variable = 'OPEN_WEBUI_PIPE';

/**
 * The state that a pipe of Open WebUI keeps for its user: `use THING` adds to a set, `/state` answers with
 * `{"policies": {THING: "use"}}`, and every worker must show the same.
 */
export const openWebuiState: Workload = {
  name: 'open-webui-state',
  service: 'open-webui',
  summary: `the state of the pipe in the file that ${variable} names, changed and read on every worker`,
  shape: ({ workers }) => ({
    name: 'open-webui-state',
    service: 'open-webui',
    clients: 3,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'use', keys: ['user'] },
      { name: 'state', keys: ['user'] },
    ],
    maxSteps: 6,
  }),
  checks: () => [{ checker: 'stale-read' }, { checker: 'read-your-writes' }, { checker: 'monotonic-reads' }],
  lastReads: { user: 'state' },
  prepare: async (run) => prepareRun(run),
};

/** Importing installs what the pipe requires, and is the same for all plans: once for a stack. */
const pipes = new Map<string, Promise<string>>();

async function importPipe({ stack, client, nonce }: PlanRun, headers: Record<string, string>) {
  const file = stack.setting(variable);
  if (!file) throw gauntletError('GNT_USAGE', `${variable} must name the file of a pipe.`);
  const id = pipeName('state', nonce);
  await addPipe(client, headers, id, readFileSync(file, 'utf8'));
  return id;
}

async function prepareRun(run: PlanRun): Promise<PreparedRun> {
  const { stack, client, nonce } = run;
  const headers = await signedIn(stack, client);
  const url = stack.url('open-webui');
  const pipe = pipes.get(url) ?? importPipe(run, headers);
  pipes.set(url, pipe);
  const model = await pipe;
  const person = {
    name: `plan ${nonce}`,
    email: `plan-${nonce}@gauntlet.test`,
    password: randomUUID(),
    role: 'admin',
  };
  const { id, token } = await must<{ id: string; token: string }>(client, {
    path: '/api/v1/auths/add',
    body: person,
    headers,
  });
  const own = { authorization: `Bearer ${token}` };
  const ask = (content: string) => question(model, content, own);
  return {
    initial: () => ({ user: [] }),
    meaning: (operation) =>
      operation.name === 'use' ? { does: 'add', value: thingOf(operation) } : { does: 'list' },
    perform: async (operation, client) => {
      // Without Redis a worker knows a pipe only after it has listed the models itself: that is another matter.
      await listModels(client, own);
      if (operation.name === 'use')
        return completionOf(await client.request(ask(`use ${thingOf(operation)}`)));
      const answer = await client.request(ask('/state'));
      return completionOf(answer, () => {
        const { policies } = JSON.parse(textIn(answer)) as { policies?: object };
        return Object.keys(policies ?? {});
      });
    },
    finish: async () =>
      void (await client.request({ path: `/api/v1/users/${id}`, method: 'DELETE', headers })),
  };
}

const thingOf = ({ id }: Operation): string => `tool ${id.replaceAll(/[^a-z0-9]/gi, ' ').toLowerCase()}`;
