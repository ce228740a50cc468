import { randomUUID } from 'node:crypto';
import { listModels, must, question, signedIn, textIn } from './open-webui-session.ts';
import { completionOf, type Operation, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

/** A pipe of Open WebUI that keeps a set of things for its user. */
export interface PersonalPipe {
  /** Of the workload. */
  readonly name: string;
  readonly summary: string;
  /** Whose the set is. */
  readonly key: string;
  readonly add: { readonly operation: string; says(thing: string): string };
  readonly show: { readonly operation: string; readonly says: string; read(text: string): readonly string[] };
  /** Imports it, which installs what it requires. @returns its id */
  importInto(run: PlanRun, headers: Record<string, string>): Promise<string>;
}

/** A new person adds to the set and has it shown; every worker must show the same. */
export function personalPipe(pipe: PersonalPipe): Workload {
  const { name, summary, key, add, show } = pipe;
  /** One for all plans on a stack. */
  const imported = new Map<string, Promise<string>>();
  const importOnce = (run: PlanRun, headers: Record<string, string>) => {
    const url = run.stack.url('open-webui');
    const id = imported.get(url) ?? pipe.importInto(run, headers);
    imported.set(url, id);
    return id;
  };
  return {
    name,
    service: 'open-webui',
    summary,
    shape: ({ workers }) => ({
      name,
      service: 'open-webui',
      clients: 3,
      workers: { 'open-webui': workers['open-webui'] ?? 1 },
      operations: [add, show].map(({ operation }) => ({ name: operation, keys: [key] })),
      maxSteps: 6,
    }),
    checks: () => [
      { checker: 'stale-read' },
      { checker: 'read-your-writes' },
      { checker: 'monotonic-reads' },
    ],
    lastReads: { [key]: show.operation },
    prepare: async (run) => {
      const headers = await signedIn(run.stack, run.client);
      return await prepareFor(pipe, await importOnce(run, headers), run, headers);
    },
  };
}

async function prepareFor(
  { key, add, show }: PersonalPipe,
  model: string,
  { client, nonce }: PlanRun,
  headers: Record<string, string>,
): Promise<PreparedRun> {
  const person = {
    name: `plan ${nonce}`,
    email: `plan-${nonce}@gauntlet.test`,
    password: randomUUID(),
    role: 'admin',
  };
  const path = '/api/v1/auths/add';
  const { id, token } = await must<{ id: string; token: string }>(client, { path, body: person, headers });
  const own = { authorization: `Bearer ${token}` };
  const isAdd = ({ name }: Operation) => name === add.operation;
  return {
    initial: () => ({ [key]: [] }),
    meaning: (operation) =>
      isAdd(operation) ? { does: 'add', value: thingOf(operation) } : { does: 'list' },
    perform: async (operation, client) => {
      // Without Redis a worker knows a pipe only after it has listed the models itself: that is another matter.
      await listModels(client, own);
      if (isAdd(operation))
        return completionOf(await client.request(question(model, add.says(thingOf(operation)), own)));
      const answer = await client.request(question(model, show.says, own));
      return completionOf(answer, () => show.read(textIn(answer)));
    },
    finish: async () =>
      void (await client.request({ path: `/api/v1/users/${id}`, method: 'DELETE', headers })),
  };
}

/** In plain words, as context-compiler knows things. */
const thingOf = ({ id }: Operation): string => `tool ${id.replaceAll(/[^a-z0-9]/gi, ' ').toLowerCase()}`;
