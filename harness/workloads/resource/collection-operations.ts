import fc from 'fast-check';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  notDone,
  type Operation,
  type PartCompletion,
  type PartMeaning,
} from '../workload.ts';
import { removed } from './item-operations.ts';
import { idsOf, isDone } from './made.ts';
import { about, done, life, type ResourceOperation } from './operation.ts';
import { elementIn, livesOf, type ResourceRun, wordOf } from './run.ts';
import { markerOf } from './values.ts';

const told = '@total';
const both = () => true;

/** What the creation of some elements means: they come, they live, and the answer may tell how many there are. */
function creation(
  operation: Operation,
  run: ResourceRun,
  elements: readonly string[],
): readonly PartMeaning[] {
  const on = about(operation, run);
  if (run.room < elements.length) return [{ ...on, part: 'none', does: 'other' }];
  run.room -= elements.length;
  run.chosen.set(operation.id, undefined);
  return [
    ...elements.flatMap((element, index): readonly PartMeaning[] => [
      { ...on, part: `${index + 1}`, does: 'add', value: element, marker: element },
      { ...on, part: `${index + 1}${life}`, does: 'create', key: livesOf(on.tenant), value: element },
    ]),
    ...(run.offered.has('total:creation') ? [{ ...on, part: told, does: 'total' } as const] : []),
  ];
}

const noRoom = () => notDone('the owner would get more items than are kept');

function created(run: ResourceRun, answer: Answer, elements: readonly string[]): Completion {
  if (!isDone(answer)) return completionOf(answer);
  const ids = idsOf(run.api.madeIn(answer), elements);
  const total = run.offered.has('total:creation') ? run.api.totalIn(answer, 'creation') : undefined;
  const parts: Record<string, PartCompletion> = {};
  for (const [index, element] of elements.entries()) {
    const id = ids[index];
    if (id === undefined) continue;
    run.living.push({ id, element });
    parts[`${index + 1}${life}`] = { value: id };
  }
  if (total !== undefined) parts[told] = { value: total };
  return done(parts);
}

export const create: ResourceOperation = {
  word: 'create',
  weight: 2,
  keys: ['all'],
  isOffered: both,
  meaning: (operation, run) => creation(operation, run, [markerOf(operation.id)]),
  perform: async (operation, client, run) => {
    if (!run.chosen.has(operation.id)) throw noRoom();
    const request = run.api.create(run.ownerOf(operation.key), run.itemOf(operation.id), operation.id);
    return created(run, await client.request(request), [markerOf(operation.id)]);
  },
};

const uniquesOf = ({ id, step }: Operation): readonly string[] =>
  Array.from({ length: Number(step.args.count ?? 2) }, (_, index) => `${id}.${index + 1}`);

/** Several items in one request. */
export const createMany: ResourceOperation = {
  word: 'create-many',
  weight: 2,
  keys: ['all'],
  isOffered: (declaration, offered) => declaration.batch !== undefined && offered.has('batch'),
  args: () => fc.record({ count: fc.constantFrom(2, 3) }),
  meaning: (operation, run) => creation(operation, run, uniquesOf(operation).map(markerOf)),
  perform: async (operation, client, run) => {
    if (!run.chosen.has(operation.id)) throw noRoom();
    const items = uniquesOf(operation).map((unique) => run.itemOf(unique));
    const answer = await client.request(run.api.createMany(run.ownerOf(operation.key), items));
    return created(run, answer, uniquesOf(operation).map(markerOf));
  },
};

/** The same few creations again and again, for two owners: each may be made once for either. */
export const createAgain: ResourceOperation = {
  word: 'create-again',
  weight: 4,
  keys: ['again', 'again', 'again2'],
  isOffered: ({ idempotencyKey }) => idempotencyKey !== undefined,
  args: () => fc.record({ turn: fc.constantFrom('a', 'a', 'a', 'b') }),
  meaning: (operation, run) => {
    const unique = turnOf(operation, run);
    const element = markerOf(unique);
    const on = about(operation, run);
    // No marker: both owners send the same text.
    return [{ ...on, part: 'once', does: 'add', value: element, idempotencyKey: unique }];
  },
  perform: async (operation, client, run) => {
    const unique = turnOf(operation, run);
    return completionOf(
      await client.request(run.api.create(run.ownerOf(operation.key), run.itemOf(unique), unique)),
    );
  },
};

const turnOf = ({ step }: Operation, { nonce }: ResourceRun): string =>
  `turn-${nonce}.${String(step.args.turn)}`;

/** What the history says of the order of a list. */
export const orderOf = ({ declaration: { order }, offered }: ResourceRun) =>
  order && offered.has('order') ? { order: order.by, orderMs: order.withinMs ?? 2 } : {};

/** All items of an owner. Beyond a cap the oldest go, so that a list is not that of a set there. */
export const list: ResourceOperation = {
  word: 'list',
  reads: true,
  weight: 4,
  keys: ['all', 'all', 'again', 'again2', 'full'],
  isOffered: both,
  meaning: (operation, run) => {
    const on = about(operation, run);
    const isFull = isOfFull(operation, run);
    const args = { ...orderOf(run), ...(isFull ? { cap: run.cap } : {}) };
    return [
      { ...on, part: 'list', does: isFull ? 'walk' : 'list', args },
      ...(run.offered.has('total:list') && !isFull && !againOf(run).includes(operation.key)
        ? [{ ...on, part: told, does: 'total' } as const]
        : []),
    ];
  },
  perform: async (operation, client, run) => {
    if (isOfFull(operation, run) && !run.offered.has('cap')) throw notDone('no cap is kept');
    const answer = await client.request(run.api.list(run.ownerOf(operation.key)));
    if (!isDone(answer)) return completionOf(answer);
    const elements = run.api.itemsIn(answer).map((item) => elementIn(run, item));
    const total = run.api.totalIn(answer, 'list');
    return done({
      list: { value: elements },
      [told]: total === undefined ? { type: 'unknown', error: 'no total' } : { value: total },
    });
  },
};

/** What a search finds in a collection whose items all have the word: all of them, also where there were none before. */
export const searchAll: ResourceOperation = {
  word: 'search-all',
  reads: true,
  weight: 1,
  keys: ['again', 'again2'],
  isOffered: ({ search, idempotencyKey }, offered) =>
    idempotencyKey !== undefined &&
    offered.has('search') &&
    search?.fields.some((field) => offered.has(`search:${field}`)) === true,
  meaning: (operation, run) => [{ ...about(operation, run), part: 'list', does: 'list' }],
  perform: async (operation, client, run) => {
    const answer = await client.request(run.api.search(run.ownerOf(operation.key)));
    if (!isDone(answer)) return completionOf(answer);
    return done({ list: { value: run.api.itemsIn(answer).map((item) => elementIn(run, item)) } });
  },
};

const isOfFull = ({ key }: Operation, { declaration: { words } }: ResourceRun) =>
  key === (words?.full ?? 'full');
const againOf = ({ declaration }: ResourceRun): readonly string[] => [
  wordOf(declaration, 'again'),
  wordOf(declaration, 'again2'),
];

/** Deletes one of the items that are known. */
export const removeOne: ResourceOperation = {
  word: 'remove',
  weight: 1,
  keys: ['all'],
  isOffered: (_, offered) => offered.has('delete'),
  meaning: (operation, run) => {
    const item = run.living.shift();
    run.chosen.set(operation.id, item);
    const on = about(operation, run);
    if (!item) return [{ ...on, part: 'none', does: 'other' }];
    return [
      { ...on, part: 'remove', does: 'remove', value: item.element },
      { ...on, part: life, does: 'destroy', key: livesOf(on.tenant), value: item.element },
    ];
  },
  perform: async (operation, client: Client, run) => {
    const item = run.chosen.get(operation.id);
    if (!item) throw notDone('no item is known that could be removed');
    return removed(run, await client.request(run.api.remove(run.ownerOf(operation.key), item.id)));
  },
};

export const clear: ResourceOperation = {
  word: 'clear',
  weight: 1,
  keys: ['all'],
  isOffered: (declaration, offered) => declaration.clear !== undefined && offered.has('clear'),
  meaning: (operation, run) => {
    const on = about(operation, run);
    return [
      { ...on, part: 'all', does: 'delete' },
      { ...on, part: life, does: 'destroy', key: livesOf(on.tenant) },
    ];
  },
  perform: async (operation, client, run) =>
    completionOf(await client.request(run.api.clear(run.ownerOf(operation.key)))),
};

/** One more item for an owner who has nearly as many as there may be. */
export const fill: ResourceOperation = {
  word: 'fill',
  weight: 2,
  keys: ['full'],
  isOffered: (declaration, offered) => declaration.cap !== undefined && offered.has('cap'),
  meaning: (operation, run) => {
    const element = markerOf(operation.id);
    return [{ ...about(operation, run), part: 'one', does: 'insert', value: element, marker: element }];
  },
  perform: async (operation, client, run) => {
    if (!run.offered.has('cap')) throw notDone('no cap is kept');
    const request = run.api.create(run.ownerOf(operation.key), run.itemOf(operation.id), operation.id);
    return completionOf(await client.request(request));
  },
};
