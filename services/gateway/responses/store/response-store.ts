import type { Sql } from '../../../kit/database.ts';
import type { Item, OutputItem, ResponseObject, ResponseStatus } from '../events/response-event.ts';
import { isId, responsesChannel } from './response-row.ts';

/** A stored response as its tenant may see it. */
export interface StoredResponse {
  readonly response: ResponseObject;
  readonly status: ResponseStatus;
  readonly background: boolean;
  readonly input: readonly Item[];
}

/** Everything a next turn builds on. */
export interface Past {
  readonly status: ResponseStatus;
  readonly items: readonly Item[];
}

/** Longer chains are refused by the walk's bound, so that no request reads without end. */
const maxChain = 2_000;

/** Reads and deletes stored responses of one tenant at a time. */
export interface ResponseStore {
  find(tenant: string, id: string): Promise<StoredResponse | undefined>;
  /** Inputs and outputs of a response and of all before it, oldest first. */
  past(tenant: string, id: string): Promise<Past | undefined>;
  /** The stored item of an id, the newest if several responses hold it. */
  item(tenant: string, id: string): Promise<Item | undefined>;
  /** True if it was there. What later responses were built on stays for them, invisible, as long as they do. */
  delete(tenant: string, id: string): Promise<boolean>;
}

interface Row {
  readonly status: ResponseStatus;
  readonly background: boolean;
  readonly input: readonly Item[];
  readonly output: readonly OutputItem[];
  readonly body: Omit<ResponseObject, 'output'>;
}

export function createResponseStore(sql: Sql): ResponseStore {
  return {
    async find(tenant, id) {
      if (!isId('resp', id)) return undefined;
      const [row] = await sql<Row[]>`
        select status, background, input, output, body from responses
        where id = ${id} and tenant = ${tenant} and not deleted`;
      if (row === undefined) return undefined;
      const { status, background, input, output, body } = row;
      return { status, background, input, response: { ...body, output } as ResponseObject };
    },

    async past(tenant, id) {
      if (!isId('resp', id)) return undefined;
      const rows = await sql<{ status: ResponseStatus; input: Item[]; output: Item[] }[]>`
        with recursive chain as (
          select id, previous_id, status, input, output, 1 as depth
          from responses where id = ${id} and tenant = ${tenant} and not deleted
          union all
          select r.id, r.previous_id, r.status, r.input, r.output, depth + 1
          from chain join responses r on r.id = chain.previous_id where depth < ${maxChain}
        )
        select status, input, output from chain order by depth desc`;
      const last = rows.at(-1);
      return (
        last && { status: last.status, items: rows.flatMap(({ input, output }) => [...input, ...output]) }
      );
    },

    async item(tenant, id) {
      if (!/^[\w-]{1,128}$/.test(id)) return undefined;
      const [row] = await sql<{ input: Item[]; output: Item[] }[]>`
        select input, output from responses
        where item_ids @> ${[id]} and tenant = ${tenant} and not deleted order by created_at desc limit 1`;
      return row && [...row.output, ...row.input].find((item) => item.id === id);
    },

    async delete(tenant, id) {
      if (!isId('resp', id)) return false;
      // A run that is deleted is lost to its worker, which hears of it, and its conversation is free.
      const hidden = await sql`
        with hidden as (
          update responses set deleted = true
          where id = ${id} and tenant = ${tenant} and not deleted returning id
        ), freed as (
          update conversations c set turn = null, turn_runner = null from hidden where c.turn = hidden.id
        )
        select pg_notify(${responsesChannel}, id), pg_notify(${responsesChannel}, 'cancel:' || id) from hidden`;
      // Gone at once, unless a later response builds on it; where one does so at this moment, the sweep comes back to it.
      await sql`
        delete from responses where id = ${id} and tenant = ${tenant} and deleted
          and not exists (select from responses later where later.previous_id = ${id})`.catch(
        () => undefined,
      );
      return hidden.length === 1;
    },
  };
}
