import type { Json, JsonRecord } from '../../plan/json.ts';
import type { Answer, ClientRequest } from '../workload.ts';
import type { ResourceDeclaration } from './declaration.ts';
import { filled, type Route, routeOf, routesOf } from './routes.ts';
import { word } from './values.ts';

export interface Made {
  readonly id: string;
  /** The item as the answer shows it; empty where it does not. */
  readonly text: string;
}

/** The requests that a declaration makes possible, and what their answers hold. */
export type ResourceApi = ReturnType<typeof apiOf>;

export function apiOf(declaration: ResourceDeclaration) {
  const { owner: place, search, batch, creation } = declaration;
  const lines = [declaration.item].flat().flatMap(routesOf);
  const item = (...methods: readonly string[]) => lines.find(({ method }) => methods.includes(method));
  const collection = routeOf(declaration.collection);
  const list = routeOf(declaration.list);

  function request(route: Route, owner: string, values: Readonly<Record<string, string>>, body?: JsonRecord) {
    const [path = '', query = ''] = filled(route.path, { ...values, owner }).split('?');
    const params = new URLSearchParams(query);
    const isInBody = body !== undefined && place.body !== undefined;
    if (!isInBody && place.query !== undefined) params.set(place.query, owner);
    return {
      path: params.size > 0 ? `${path}?${params}` : path,
      method: route.method,
      headers: place.header === undefined ? {} : { [place.header]: owner },
      ...(body === undefined ? {} : { body: isInBody ? { [place.body ?? '']: owner, ...body } : body }),
    } satisfies ClientRequest;
  }
  const withHeader = (made: ClientRequest, name: string, value: string | undefined): ClientRequest =>
    value === undefined ? made : { ...made, headers: { ...made.headers, [name]: value } };
  const withParams = (made: ClientRequest, params: Readonly<Record<string, string>>): ClientRequest => {
    const more = new URLSearchParams(params);
    return more.size === 0
      ? made
      : { ...made, path: `${made.path}${made.path.includes('?') ? '&' : '?'}${more}` };
  };
  const itemsIn = (answer: Answer): readonly JsonRecord[] => {
    const body = answer.json<Json>();
    const items = declaration.items !== undefined && isRecord(body) ? body[declaration.items] : body;
    return Array.isArray(items) ? items.filter(isRecord) : [];
  };
  const { id: idIn = 'id' } = declaration;
  const idOf = (made: JsonRecord): string | undefined => textOf(made[idIn === 'location' ? 'id' : idIn]);

  return {
    hasRead: item('GET') !== undefined,
    hasChange: item('PATCH', 'PUT') !== undefined,
    /** A PUT takes the place of all fields. */
    changesAll: item('PATCH') === undefined,
    hasRemove: item('DELETE') !== undefined,
    itemsIn,
    idOf,
    /** @param key the idempotency key, where one is sent in a header */
    create: (owner: string, values: JsonRecord, key?: string) => {
      const body = creation ? creation.body([values]) : values;
      const header = declaration.idempotencyKey;
      const made = request(collection, owner, {}, body);
      return header === undefined || header === 'same-body' ? made : withHeader(made, header, key);
    },
    createMany: (owner: string, items: readonly JsonRecord[]) => {
      const body = creation ? creation.body(items) : { [batch?.items ?? 'items']: items };
      return request(routeOf(batch?.request ?? declaration.collection), owner, {}, body);
    },
    /** @param others items that are read along with it, where the route takes several */
    read: (owner: string, id: string, others: readonly string[] = []) =>
      request(item('GET') ?? list, owner, { id, ids: [...others, id].join(',') }),
    change: (owner: string, id: string, changes: JsonRecord, etag?: string) =>
      withHeader(request(item('PATCH', 'PUT') ?? collection, owner, { id }, changes), 'if-match', etag),
    remove: (owner: string, id: string) => request(item('DELETE') ?? collection, owner, { id }),
    list: (owner: string, params: Readonly<Record<string, string>> = declaration.everything ?? {}) =>
      withParams(request(list, owner, {}), params),
    clear: (owner: string) => request(routeOf(declaration.clear ?? 'DELETE /'), owner, {}),
    search: (owner: string) => request(routeOf(search?.request ?? declaration.list), owner, { word }),
    /** The item with this id, alone in its answer or among others. */
    itemIn: (answer: Answer, id: string): JsonRecord | undefined => {
      const body = answer.json<Json>();
      if (isRecord(body) && idOf(body) === id) return body;
      return itemsIn(answer).find((each) => idOf(each) === id);
    },
    /** What a creation made, as far as the answer tells: ids, and the text of each item to know it by. */
    madeIn: (answer: Answer): readonly Made[] => {
      if (declaration.id === 'location') {
        const id = textOf(answer.headers.location as Json)
          ?.split('/')
          .at(-1);
        return id === undefined ? [] : [{ id, text: '' }];
      }
      const body = creation ? creation.made(answer) : answer.json<Json>();
      const items = Array.isArray(body) ? body.filter(isRecord) : isRecord(body) ? [body] : [];
      const nested = items.length === 1 && items[0] ? idOf(items[0]) === undefined : false;
      return (nested ? itemsIn(answer) : items).flatMap((each) => {
        const id = idOf(each);
        return id === undefined ? [] : [{ id, text: JSON.stringify(each) }];
      });
    },
    /** The total that an answer tells, if it does. */
    totalIn: (answer: Answer, at: 'list' | 'creation'): number | undefined => {
      const { header, [at]: property } = declaration.total ?? {};
      if (at === 'list' && header !== undefined) return numberOf(answer.headers[header] as Json);
      const body = property === undefined ? undefined : answer.json<Json>();
      return isRecord(body) ? numberOf(body[property ?? '']) : undefined;
    },
  };
}

const isRecord = (value: Json | undefined): value is JsonRecord =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Ids are texts or numbers. */
const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
