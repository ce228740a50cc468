import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { operationsOf } from '../plan/plan.ts';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  type Meaning,
  notDone,
  type Operation,
  type PlanRun,
  type PreparedRun,
  type Workload,
} from './workload.ts';

interface Memory {
  readonly id: string;
  readonly caption: string;
}

/** Every caption holds one of these, and so does every prompt that asks for them. */
const word = 'remember';

/**
 * The memory service. `note…` is a user with one memory, whose caption is a register: edited, read (listed or
 * recalled) and deleted. `facts` is a user whose memories are a set: conversations told, forgotten, cleared. `turns`
 * is a user to whom the same few conversations are told again and again: each may be remembered once.
 */
export const memory: Workload = {
  name: 'memory',
  service: 'memory',
  summary: 'memories told, told again, listed, recalled, edited, forgotten and cleared',
  shape: ({ workers }) => ({
    name: 'memory',
    service: 'memory',
    clients: 4,
    workers: { memory: workers.memory ?? 1 },
    operations: [
      { name: 'edit', weight: 3, keys: ['note1', 'note2'] },
      { name: 'read', weight: 3, keys: ['note1', 'note2'] },
      { name: 'recall', keys: ['note1', 'note2'] },
      { name: 'delete', keys: ['note1', 'note2'] },
      { name: 'tell', weight: 2, keys: ['facts'] },
      { name: 'list', weight: 3, keys: ['facts', 'turns'] },
      { name: 'forget', keys: ['facts'] },
      { name: 'clear', keys: ['facts'] },
      {
        name: 'tell-again',
        weight: 3,
        keys: ['turns'],
        args: fc.record({ turn: fc.constantFrom('a', 'a', 'b') }),
      },
    ],
    faults: {
      worker: { services: ['memory'], actions: ['stop', 'kill'] },
      revertAfterMs: 500,
    },
  }),
  checks: () => [
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'duplicate-effect' },
    { checker: 'lost-update' },
    { checker: 'linearizable' },
  ],
  lastReads: { note1: 'read', note2: 'read', facts: 'list', turns: 'list' },
  prepare: async (run) => prepareRun(run),
};

async function prepareRun({ plan, nonce, client }: PlanRun): Promise<PreparedRun> {
  const users = new Map<string, string>();
  const notes = new Map<string, string>();
  const keys = [...new Set(operationsOf(plan).map(({ args }) => String(args.key)))];
  await Promise.all(
    keys.map(async (key) => {
      const user = randomUUID();
      users.set(key, user);
      if (key.startsWith('note')) notes.set(key, await writeNote(client, user, key, nonce));
    }),
  );
  const firsts = new Set<string>();
  const facts: { readonly id: string; readonly value: string }[] = [];
  const user = ({ key }: Operation) => users.get(key) as string;
  const note = ({ key }: Operation) => notes.get(key) as string;
  /** The fact that a `forget` is about: known when it begins, so that its meaning is. */
  const chosen = new Map<string, (typeof facts)[number] | undefined>();

  return {
    meaning: (operation): Meaning => {
      const { id, name, step } = operation;
      const turn = `turn-${String(step.args.turn)}-${nonce}`;
      switch (name) {
        case 'edit':
          return { does: 'write', value: `${word} ${id}` };
        case 'read':
        case 'recall':
          return { does: 'read' };
        case 'delete':
          return { does: 'delete' };
        case 'tell':
          return { does: 'add', value: id };
        case 'tell-again':
          // The element is added once, by whichever of the conversations: the first stands for it.
          if (firsts.has(turn)) return { does: 'other', idempotencyKey: turn };
          firsts.add(turn);
          return { does: 'add', value: turn, idempotencyKey: turn };
        case 'list':
          return { does: 'list' };
        case 'clear':
          return { does: 'delete' };
        default: {
          const fact = facts.shift();
          chosen.set(id, fact);
          return { does: fact ? 'remove' : 'other', ...(fact ? { value: fact.value } : {}) };
        }
      }
    },
    perform: async (operation, own): Promise<Completion> => {
      const { id, name, step } = operation;
      const query = new URLSearchParams({ user_id: user(operation) });
      switch (name) {
        case 'edit':
          return completionOf(
            await own.request({
              path: `/memories/${note(operation)}`,
              method: 'PATCH',
              body: { user_id: user(operation), caption: `${word} ${id}` },
            }),
          );
        case 'read':
        case 'list':
        case 'recall': {
          if (name === 'recall') query.set('prompt', `What did I ${word}?`);
          else query.set('limit', '200');
          const answer = await own.request({
            path: `/memories/${name === 'recall' ? 'relevant' : 'list'}?${query}`,
          });
          return completionOf(answer, () => {
            const { memories } = answer.json<{ memories: readonly Memory[] }>();
            if (name === 'list') return memories.map(({ caption }) => valueIn(caption));
            return memories.find((each) => each.id === note(operation))?.caption ?? null;
          });
        }
        case 'delete':
          return completionOf(
            await own.request({ path: `/memories/${note(operation)}?${query}`, method: 'DELETE' }),
          );
        case 'tell': {
          const answer = await tell(own, user(operation), id);
          if (answer.status === 200)
            facts.push(...savedBy(answer).map((each) => ({ id: each.id, value: id })));
          return completionOf(answer);
        }
        case 'tell-again':
          // One that was refused, or never sent, leaves the others: the element may come all the same.
          return tell(own, user(operation), `turn-${String(step.args.turn)}-${nonce}`).then(
            (answer) =>
              answer.status === 200 ? { type: 'ok' } : { type: 'unknown', error: `${answer.status}` },
            (error: Error) => ({ type: 'unknown', error: error.message }),
          );
        case 'clear':
          return completionOf(await own.request({ path: `/memories/clear?${query}`, method: 'DELETE' }));
        default: {
          const fact = chosen.get(id);
          if (!fact) throw notDone('nothing to forget yet');
          return completionOf(await own.request({ path: `/memories/${fact.id}?${query}`, method: 'DELETE' }));
        }
      }
    },
  };
}

function tell(client: Client, user: string, value: string) {
  const conversation = [{ role: 'user', content: `My favorite thing to ${word} is <${value}>.` }];
  return client.request({ path: '/memories/extract', body: { user_id: user, conversation } });
}

const savedBy = (answer: Answer) => answer.json<{ memories_saved: readonly Memory[] }>().memories_saved;

/** The value in the caption of a told memory. */
const valueIn = (caption: string): string => /<(.+)>/.exec(caption)?.[1] ?? caption;

async function writeNote(client: Client, user: string, key: string, nonce: string): Promise<string> {
  const answer = await tell(client, user, `${key}-${nonce}`);
  const saved =
    answer.status === 200 ? answer.json<{ memories_saved: readonly Memory[] }>().memories_saved : [];
  const [first] = saved;
  if (!first)
    throw new Error(`the memory service did not remember a first note: ${answer.status} ${answer.text}`);
  return first.id;
}
