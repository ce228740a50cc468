import type { JsonRecord } from '../../plan/json.ts';
import { type Answer, type Client, type ClientRequest, uuidOf, type WorkloadStack } from '../workload.ts';
import type { ResourceApi } from './api.ts';
import { capOf } from './cap.ts';
import type { ResourceDeclaration } from './declaration.ts';
import { isDone, made } from './made.ts';
import { uniqueValue } from './values.ts';

/** What of a declaration a subject has, as one look at it showed. */
export interface Offered {
  has(feature: string): boolean;
  /** What it lacks, a line each. */
  readonly lacks: readonly string[];
}

/** What a declaration names, before a subject was looked at. */
export const everything: Offered = { has: () => true, lacks: [] };

/** So many more than may be kept are made to see a cap. */
const beyond = 4;

/** A route that is not there says so; one that fails is there, and to be judged. */
const breaksDown = ({ status }: Answer): boolean => status >= 500 && status !== 501;

/** More items than this are not made for the sake of looking. */
const mostMade = 200;

/**
 * Tries each route and field once, as a client alone on an otherwise quiet subject. What does not answer as declared is left out of plans
 * and judgements: a subject that lacks a route is not a broken one.
 * @throws Error when it cannot so much as make and list an item
 */
export async function lookAt(
  declaration: ResourceDeclaration,
  api: ResourceApi,
  stack: WorkloadStack,
  client: Client,
  nonce: string,
): Promise<Offered> {
  const features = new Set<string>();
  const lacks: string[] = [];
  const owner = uuidOf(nonce, 'who looks');
  const fields = Object.entries(declaration.fields);
  const values = (name: string): JsonRecord =>
    Object.fromEntries(fields.map(([field, kind]) => [field, uniqueValue(field, kind, `${name}-${nonce}`)]));
  const note = (feature: string, isThere: boolean | undefined, what: string) => {
    if (isThere) features.add(feature);
    else lacks.push(`${declaration.service} does not offer ${what}; left out`);
  };
  const ask = (request: ClientRequest): Promise<Answer> => client.request(request);
  /** What an answer shows, undefined where it is none. */
  const seen = async <T>(request: ClientRequest, read: (answer: Answer) => T): Promise<T | undefined> => {
    const answer = await ask(request);
    try {
      return isDone(answer) ? read(answer) : undefined;
    } catch {
      return undefined;
    }
  };
  const listed = () => seen(api.list(owner), (answer) => answer);

  const [{ id: first } = { id: '' }] = await made(api, client, api.create(owner, values('look1')));
  const creation = await ask(api.create(owner, values('look2'), `look2-${nonce}`));
  const [{ id: second } = { id: '' }] = isDone(creation) ? api.madeIn(creation) : [];
  const list = await listed();
  const shown = list ? api.itemsIn(list) : [];
  const place = (id: string) => shown.findIndex((item) => api.idOf(item) === id);
  if (!list || (place(first) < 0 && place(second) < 0))
    throw new Error(`${declaration.list} does not show what was made: ${list?.text.slice(0, 300)}`);
  const one = shown[Math.max(place(first), place(second))];
  // Where only one of them is shown the subject is behind, which is for checkers to judge.
  const isBehind = place(first) < 0 || place(second) < 0;
  const isNewestFirst = place(second) < place(first);
  if (declaration.order)
    note(
      'order',
      declaration.order.promised || isBehind || isNewestFirst === (declaration.order.by === 'newest-first'),
      `lists ${declaration.order.by}`,
    );
  for (const [field] of fields) note(`find:${field}`, one?.[field] !== undefined, `"${field}" in lists`);
  if (declaration.total?.creation !== undefined)
    note('total:creation', api.totalIn(creation, 'creation') !== undefined, 'a total after creations');
  if (declaration.total?.list !== undefined || declaration.total?.header !== undefined)
    note('total:list', api.totalIn(list, 'list') !== undefined, 'a total of lists');

  if (api.hasRead) {
    const item = await seen(api.read(owner, first), (answer) => api.itemIn(answer, first));
    note('read', item !== undefined, 'single items');
    for (const [field] of fields)
      if (item) note(`read:${field}`, item[field] !== undefined, `"${field}" of single items`);
  }
  await lookAtChanges();
  await lookAtCollections();
  return { has: (feature) => features.has(feature), lacks };

  async function lookAtChanges(): Promise<void> {
    const changeable = fields.filter(([, { fixed }]) => fixed !== true);
    for (const [field, kind] of api.hasChange ? changeable : []) {
      const value = uniqueValue(field, kind, `look3-${nonce}`);
      const changes = api.changesAll ? { ...values('look1'), [field]: value } : { [field]: value };
      const answer = await ask(api.change(owner, first, changes));
      const after = isDone(answer) ? await listed() : undefined;
      const item = after && api.itemIn(after, first);
      const told = isDone(answer) ? await itemOf(answer) : undefined;
      const isShown = item?.[field] === value || told?.[field] === value;
      const looksAlone = isDone(answer) && !isShown && features.has('read');
      const alone = looksAlone
        ? await seen(api.read(owner, first), (read) => api.itemIn(read, first))
        : undefined;
      const isEdited = isDone(answer) && (isShown || alone?.[field] === value);
      note(`edit:${field}`, isEdited || breaksDown(answer), `changes of "${field}"`);
      for (const [other] of fields) if (told?.[other] !== undefined) features.add(`told:${other}`);
    }
    if (declaration.etag) {
      const answer = await ask(api.read(owner, first));
      note('etag', typeof answer.headers.etag === 'string', 'ETags of items');
    }
  }

  async function itemOf(answer: Answer): Promise<JsonRecord | undefined> {
    try {
      return api.itemIn(answer, first);
    } catch {
      return undefined;
    }
  }

  async function lookAtCollections(): Promise<void> {
    const { search, page, batch, cap } = declaration;
    if (search) {
      const found = await seen(api.search(owner), api.itemsIn);
      const isFound = [first, second].every((id) => found?.some((item) => api.idOf(item) === id));
      note('search', isFound, 'searches');
      for (const field of search.fields)
        if (isFound) note(`search:${field}`, found?.[0]?.[field] !== undefined, `"${field}" in searches`);
    }
    if (page) {
      const one = await seen(api.list(owner, { [page.limit]: '1' }), api.itemsIn);
      note('walk', one?.length === 1, 'pages');
    }
    if (batch) {
      const answer = await ask(api.createMany(owner, [values('look4'), values('look5')]));
      const count = (await seen(api.list(owner), api.itemsIn))?.length;
      note('batch', (isDone(answer) && count === 4) || breaksDown(answer), 'several items in one request');
    }
    const most = cap === undefined ? undefined : capOf(cap, stack);
    if (most !== undefined && features.has('batch') && most < mostMade) {
      const crowd = uuidOf(nonce, 'who has many');
      const items = Array.from({ length: most + beyond }, (_, index) => values(`look-${index}`));
      const answer = await ask(api.createMany(crowd, items));
      const count = (await seen(api.list(crowd), api.itemsIn))?.length;
      // One that keeps a few too many has a cap, and a wrong one.
      note(
        'cap',
        isDone(answer) && count !== undefined && count >= most && count < items.length,
        `a cap of ${most} items`,
      );
    } else if (most !== undefined)
      note('cap', false, `a cap of ${most} items that can be reached in one request`);
    if (api.hasRemove) {
      const answer = await ask(api.remove(owner, second));
      note('delete', isDone(answer) || breaksDown(answer), 'deletions');
    }
    if (declaration.clear !== undefined) {
      const answer = await ask(api.clear(owner));
      note('clear', isDone(answer) || breaksDown(answer), 'clearing');
    }
  }
}
