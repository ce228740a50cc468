import type { CheckChoice } from '../../history/events.ts';
import type { Client, Operation, PlanRun, PreparedRun, Workload, WorkloadStack } from '../workload.ts';
import { apiOf } from './api.ts';
import * as collections from './collection-operations.ts';
import type { ResourceDeclaration } from './declaration.ts';
import { intrude } from './intrude.ts';
import * as items from './item-operations.ts';
import { everything, lookAt, type Offered } from './offered.ts';
import type { ResourceOperation } from './operation.ts';
import { type KeyWord, keyWords, prepareItems, wordOf } from './run.ts';
import { walk } from './walk.ts';

/** Simplest first: what plans shrink to. */
const operations: readonly ResourceOperation[] = [
  items.edit,
  items.read,
  items.find,
  items.search,
  items.remove,
  items.editIf,
  intrude,
  collections.create,
  collections.list,
  collections.searchAll,
  collections.createMany,
  collections.removeOne,
  collections.clear,
  walk,
  collections.createAgain,
  collections.fill,
];

/** A workload from the declaration of a resource: what can be asked of it, what that means, and what must hold. */
export function resource(declaration: ResourceDeclaration): Workload {
  const api = apiOf(declaration);
  const name = (word: Parameters<typeof wordOf>[1]) => wordOf(declaration, word);
  const looked = new WeakMap<WorkloadStack, Promise<Offered>>();
  const known = new WeakMap<WorkloadStack, Offered>();
  const byName = new Map(operations.map((operation) => [name(operation.word), operation]));

  async function look(stack: WorkloadStack, client: Client, nonce: string): Promise<Offered> {
    const pending = looked.get(stack) ?? lookAt(declaration, api, stack, client, nonce);
    looked.set(stack, pending);
    try {
      const offered = await pending;
      known.set(stack, offered);
      return offered;
    } catch (error) {
      looked.delete(stack);
      throw error;
    }
  }

  /** Keys that some operation can work on, so that none is read that nothing was done with. */
  const keysOf = ({ word, keys }: ResourceOperation, offered: Offered): readonly KeyWord[] =>
    word !== 'list'
      ? keys
      : keys.filter((key) =>
          operations.some(
            (other) =>
              other.word !== 'list' && other.keys.includes(key) && other.isOffered(declaration, offered),
          ),
        );

  return {
    name: declaration.name,
    service: declaration.service,
    summary: declaration.summary,
    shape: (stack, path) => {
      const offered = known.get(stack) ?? everything;
      const focus = focusOf(path, declaration, offered);
      const there = operations.filter((operation) => operation.isOffered(declaration, offered));
      return {
        name: declaration.name,
        service: declaration.service,
        clients: 4,
        workers: { [declaration.service]: stack.workers[declaration.service] ?? 1 },
        operations: there.flatMap((operation) => {
          const all = keysOf(operation, offered);
          const keys = all.filter((key) => focus.includes(key));
          const weight = Math.max(1, Math.round((operation.weight * keys.length) / all.length));
          const args = operation.args?.(declaration, offered);
          const kind = operation.reads ? { kind: 'read' as const } : {};
          const shape = { name: name(operation.word), weight, keys: keys.map(name), ...kind };
          return keys.length === 0 ? [] : [{ ...shape, ...(args ? { args } : {}) }];
        }),
        ...(declaration.faults ? { faults: declaration.faults } : {}),
      };
    },
    checks: () => checksOf(declaration),
    ...(declaration.links ? { links: declaration.links } : {}),
    lastReads: {
      [name('item1')]: name('read'),
      [name('item2')]: name('read'),
      [name('all')]: name('list'),
      [name('again')]: name('list'),
      [name('again2')]: name('list'),
      [name('full')]: name('list'),
    },
    explore: async ({ stack, client, nonce }) => (await look(stack, client, nonce)).lacks,
    prepare: async (plan: PlanRun): Promise<PreparedRun> => {
      const offered = await look(plan.stack, plan.client, plan.nonce);
      const run = await prepareItems(plan, declaration, api, offered);
      const operationOf = (operation: Operation) => {
        const found = byName.get(operation.name);
        if (!found) throw new RangeError(`${declaration.name} has no operation ${operation.name}`);
        return found;
      };
      return {
        initial: () => run.initial,
        meaning: (operation) => operationOf(operation).meaning(operation, run),
        perform: async (operation, client) => operationOf(operation).perform(operation, client, run),
      };
    },
  };
}

/**
 * What a plan is about: one item read, changed and read again, a collection, creations sent again, a full collection; one
 * of them is about everything.
 */
function focusOf(
  path: number | undefined,
  declaration: ResourceDeclaration,
  offered: Offered,
): readonly KeyWord[] {
  const { idempotencyKey, cap } = declaration;
  const turns: readonly (readonly KeyWord[])[] = [
    ['item1'],
    keyWords,
    ['all'],
    ['item1'],
    ...(idempotencyKey === undefined ? [] : [['again', 'again2'] as const]),
    ...(cap !== undefined && offered.has('cap') ? [['full'] as const] : []),
  ];
  if (path === undefined) return keyWords;
  // Moved on by one each time around, so that no turn is always that of plans with faults.
  return turns[(path + Math.floor(path / turns.length)) % turns.length] ?? keyWords;
}

function checksOf({ page, total, order, batch, cap }: ResourceDeclaration): readonly CheckChoice[] {
  const names = [
    'stale-read',
    'read-your-writes',
    'monotonic-reads',
    'duplicate-effect',
    'lost-update',
    'convergence',
    'linearizable',
    'read-together',
    'item-life',
    'tenant-isolation',
    'liveness',
    'refusals',
    ...(page ? ['pages'] : []),
    ...(total ? ['totals'] : []),
    ...(order ? ['list-order'] : []),
    ...(batch ? ['all-or-nothing'] : []),
    ...(cap === undefined ? [] : ['capped']),
  ];
  return names.map((checker) => ({ checker }));
}
