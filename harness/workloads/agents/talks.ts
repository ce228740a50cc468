import { type Answer, type Client, completionOf, type Operation } from '../workload.ts';
import { runIn, untilEnded, whileBusy } from './ask.ts';
import type { AgentsOperation, AgentsRun } from './run.ts';

/** Each is a conversation with an agent: a register of the name that it was told last, and a sequence of what was said. */
export const talks = ['talk1', 'talk2'] as const;
/** The sequence of a conversation. */
export const saidIn = (key: string): string => `${key}.said`;

const digits = 'QRSTUVWXYZ';
/** An operation id as a name that the model understands: letters and hyphens. */
const nameOf = (id: string): string => id.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? '');

interface Said {
  readonly messages?: readonly {
    readonly role?: string;
    readonly turn?: number;
    readonly content?: string;
  }[];
}

const messagesOf = (client: Client, key: string, { ids, headers }: AgentsRun): Promise<Answer> =>
  client.request({ path: `/agent/${ids.get(key)}/messages`, headers });

/** Says something when the agent is ready for it. */
const said = ({ key }: Operation, client: Client, { ids, headers }: AgentsRun, content: string) =>
  whileBusy(() => client.request({ path: `/agent/${ids.get(key)}/messages`, body: { content }, headers }));

/** Tells the agent a name. */
export const tell: AgentsOperation = {
  name: 'tell',
  keys: talks,
  weight: 2,
  kind: 'change',
  meaning: ({ id, key }) => [
    { part: 'name', does: 'write', key, value: nameOf(id) },
    { part: 'said', does: 'append', key: saidIn(key), value: id },
  ],
  perform: async (operation, client, run) =>
    completionOf(await said(operation, client, run, `My name is ${nameOf(operation.id)} ${operation.mark}`)),
};

/** Asks the agent for the name: what was acknowledged before is in its conversation, whatever became of the answers. */
export const recall: AgentsOperation = {
  name: 'recall',
  keys: talks,
  weight: 3,
  kind: 'read',
  meaning: ({ id, key }) => [
    { part: 'name', does: 'read', key },
    { part: 'said', does: 'append', key: saidIn(key), value: id },
  ],
  perform: async (operation, client, run) => {
    const asked = await said(operation, client, run, `What is my name? ${operation.mark}`);
    const { turn } = runIn(asked);
    if (asked.status !== 200 || turn === undefined) return completionOf(asked);
    const status = asked.status;
    const notSaid = (error: string) =>
      ({ type: 'ok', status, parts: { name: { type: 'unknown', error } } }) as const;
    await untilEnded(client, run.ids.get(operation.key) ?? '', run);
    const look = await messagesOf(client, operation.key, run);
    if (look.status !== 200) return notSaid(`${look.status} ${look.text.slice(0, 80)}`);
    const { messages = [] } = look.json<Said>();
    const answer = messages.find((message) => message.role === 'agent' && message.turn === turn)?.content;
    if (answer === undefined) return notSaid('the agent did not come to its answer');
    const name = /^Your name is ([\w-]+)\.$/.exec(answer)?.[1];
    if (name !== undefined) return { type: 'ok', status, parts: { name: { value: name } } };
    const isUnknown = answer.startsWith("I don't know your name yet");
    return isUnknown
      ? { type: 'ok', status, parts: { name: { value: null } } }
      : notSaid(answer.slice(0, 80));
  },
};

/** Lists what users said, told by the operation ids in the texts. */
export const hear: AgentsOperation = {
  name: 'hear',
  keys: talks,
  weight: 2,
  kind: 'read',
  meaning: ({ key }) => ({ does: 'list', key: saidIn(key) }),
  perform: async ({ key }, client, run) => {
    const answer = await messagesOf(client, key, run);
    return completionOf(answer, () =>
      (answer.json<Said>().messages ?? [])
        .filter(({ role }) => role === 'user')
        .flatMap(({ content = '' }) => /\bop=([\w.-]+)/.exec(content)?.[1] ?? []),
    );
  },
};
