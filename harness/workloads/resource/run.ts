import type { Json, JsonRecord } from '../../plan/json.ts';
import { operationsOf } from '../../plan/plan.ts';
import { type Client, type PlanRun, uuidOf } from '../workload.ts';
import type { ResourceApi } from './api.ts';
import { capOf } from './cap.ts';
import type { ResourceDeclaration, Word } from './declaration.ts';
import { idsOf, made } from './made.ts';
import type { Offered } from './offered.ts';
import { elementOf, markerOf, uniqueValue } from './values.ts';

/** Keys of plans: two items that are changed, and collections of owners of their own. */
export const keyWords = ['item1', 'item2', 'all', 'again', 'again2', 'full'] as const;
export type KeyWord = (typeof keyWords)[number];

/** So many items are in `all` when a plan begins: more than one page. */
const prepared = 3;

export interface KnownItem {
  readonly id: string;
  readonly element: string;
}

/** What one run of a plan knows of its items. */
export interface ResourceRun {
  readonly declaration: ResourceDeclaration;
  readonly api: ResourceApi;
  readonly offered: Offered;
  readonly nonce: string;
  /** Names of the fields that are texts. */
  readonly texts: readonly string[];
  /** The most items of `full`, where there is a cap. */
  readonly cap: number;
  /** Ids of the items that are changed, by key. */
  readonly ids: ReadonlyMap<string, string>;
  /** Items of `all` that are known and that nobody was sent to remove. */
  readonly living: KnownItem[];
  /** How many items `all` may still get before its oldest would be dropped: up to there it is a set. */
  room: number;
  /** What an operation is about: chosen when it begins, so that its meaning is known. */
  readonly chosen: Map<string, KnownItem | undefined>;
  /** The last ETag of an item that a client has seen, with the fields that it stands for. */
  readonly tags: Map<string, { readonly etag: string; readonly item: JsonRecord }>;
  readonly initial: JsonRecord;
  ownerOf(key: string): string;
  /** What the history calls the tenant of a key. */
  tenantOf(key: string): string;
  /** Fields of an item that only this operation makes. */
  itemOf(unique: string): JsonRecord;
}

/** The collection of somebody who never makes anything. */
export const strangers = 'intruder';

/** The workload's own name for an operation or a key. */
export const wordOf = (declaration: ResourceDeclaration, name: Word): string =>
  declaration.words?.[name] ?? name;

/** Where the lives of a tenant's items stand in the history. */
export const livesOf = (tenant: string): string => `${tenant}.lives`;

/** Makes the items that a plan works on. */
export async function prepareItems(
  { plan, stack, nonce, client }: PlanRun,
  declaration: ResourceDeclaration,
  api: ResourceApi,
  offered: Offered,
): Promise<ResourceRun> {
  const fields = Object.entries(declaration.fields);
  const key = (name: KeyWord) => wordOf(declaration, name);
  const cap = declaration.cap === undefined ? Number.POSITIVE_INFINITY : capOf(declaration.cap, stack);
  const slots = [key('item1'), key('item2')];
  const tenantOf = (name: string) => (slots.includes(name) ? 'items' : name);
  const wanted = new Set(operationsOf(plan).map(({ args }) => String(args.key)));
  const ids = new Map<string, string>();
  const initial: Record<string, Json> = {};
  const run: ResourceRun = {
    declaration,
    api,
    offered,
    nonce,
    texts: fields.flatMap(([name, { kind }]) =>
      kind === 'text' && offered.has(`find:${name}`) ? [name] : [],
    ),
    cap,
    ids,
    living: [],
    room: cap - prepared,
    chosen: new Map(),
    tags: new Map(),
    initial,
    ownerOf: (name) => uuidOf(nonce, `owner of ${tenantOf(name)}`),
    tenantOf,
    itemOf: (unique) =>
      Object.fromEntries(fields.map(([name, field]) => [name, uniqueValue(name, field, unique)])),
  };
  for (const slot of slots.filter((each) => wanted.has(each)))
    ids.set(slot, await makeSlot(run, client, slot, slot === slots[1]));
  if (ids.size > 0) {
    initial[livesOf('items')] = [...ids.keys()];
    Object.assign(initial, await fieldsOfSlots(run, client));
  }
  for (const told of [key('again'), key('again2')]) if (wanted.has(told)) initial[told] = [];
  initial[strangers] = [];
  if (wanted.has(key('all'))) {
    run.living.push(...(await makeMany(run, client, key('all'), prepared)));
    initial[key('all')] = run.living.map(({ element }) => element);
    initial[livesOf(key('all'))] = run.living.map(({ element }) => element);
  }
  if (wanted.has(key('full')) && offered.has('cap'))
    initial[key('full')] = (await makeMany(run, client, key('full'), cap)).map(({ element }) => element);
  return run;
}

/** @param isBare without the fields that have defaults */
async function makeSlot(run: ResourceRun, client: Client, slot: string, isBare: boolean): Promise<string> {
  const { declaration, api, nonce } = run;
  const entries = Object.entries(run.itemOf(`${slot}-${nonce}`));
  const sent = isBare ? entries.filter(([name]) => declaration.fields[name]?.default === undefined) : entries;
  const [item] = await made(api, client, api.create(run.ownerOf(slot), Object.fromEntries(sent)));
  return item?.id ?? '';
}

/** The fields as they are shown before the plan begins; what was left out must have its default. */
async function fieldsOfSlots(run: ResourceRun, client: Client): Promise<JsonRecord> {
  const { declaration, api, ids } = run;
  const [slot = ''] = ids.keys();
  const answer = await client.request(api.list(run.ownerOf(slot)));
  const fields: Record<string, Json> = {};
  for (const [key, id] of ids) {
    const item = answer.status === 200 ? api.itemIn(answer, id) : undefined;
    const isBare = key === wordOf(declaration, 'item2');
    for (const [name, field] of Object.entries(declaration.fields)) {
      const isLeftOut = isBare && field.default !== undefined && declaration.creation === undefined;
      const sent = run.itemOf(`${key}-${run.nonce}`)[name];
      const value = isLeftOut ? field.default : declaration.creation ? item?.[name] : sent;
      if (value !== undefined) fields[`${key}.${name}`] = value;
    }
  }
  return fields;
}

async function makeMany(
  run: ResourceRun,
  client: Client,
  key: string,
  count: number,
): Promise<readonly KnownItem[]> {
  const { api, nonce } = run;
  const uniques = Array.from({ length: count }, (_, index) => `${key}-${nonce}.${index + 1}`);
  const items = uniques.map((unique) => run.itemOf(unique));
  const owner = run.ownerOf(key);
  const found = run.offered.has('batch')
    ? await made(api, client, api.createMany(owner, items))
    : await oneByOne(items, (item) => made(api, client, api.create(owner, item)));
  const elements = uniques.map(markerOf);
  const ids = idsOf(found, elements);
  return elements.map((element, index) => ({ id: ids[index] ?? '', element }));
}

/** In their order, since collections have one. */
async function oneByOne<T>(
  items: readonly JsonRecord[],
  make: (item: JsonRecord) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (const item of items) all.push(...(await make(item)));
  return all;
}

/** The element of `all` that an item is. */
export const elementIn = (run: ResourceRun, item: JsonRecord): string => elementOf(item, run.texts);
