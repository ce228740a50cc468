import type { Sql } from '../../kit/database.ts';
import type { Item } from '../responses/events/response-event.ts';
import { isId, json } from '../responses/store/response-row.ts';

export type Metadata = Readonly<Record<string, string>>;

/** A conversation as the OpenAI API shows it. */
export interface Conversation {
  readonly id: string;
  readonly object: 'conversation';
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly metadata: Metadata;
}

export type StoredItem = Item & { readonly id: string };

/** Conversations of one tenant at a time; `undefined` and `false` for those it does not have. */
export interface ConversationStore {
  create(tenant: string, id: string, metadata: Metadata, items: readonly Item[]): Promise<Conversation>;
  find(tenant: string, id: string): Promise<Conversation | undefined>;
  update(tenant: string, id: string, metadata: Metadata): Promise<Conversation | undefined>;
  delete(tenant: string, id: string): Promise<boolean>;
  /** Oldest first. */
  items(id: string): Promise<readonly StoredItem[]>;
  /** Adds items at the end; those whose ids are there already stay as they are. */
  append(id: string, items: readonly Item[]): Promise<void>;
  deleteItem(id: string, itemId: string): Promise<boolean>;
}

interface Row {
  readonly id: string;
  readonly created_at: Date;
  readonly metadata: Metadata;
}

export function createConversationStore(sql: Sql): ConversationStore {
  const shown = (row: Row | undefined): Conversation | undefined =>
    row && {
      id: row.id,
      object: 'conversation',
      created_at: Math.floor(row.created_at.getTime() / 1_000),
      metadata: row.metadata,
    };

  return {
    async create(tenant, id, metadata, items) {
      const [row] = await sql<Row[]>`
        with created as (
          insert into conversations (id, tenant, metadata) values (${id}, ${tenant}, ${json(metadata)}::text::json)
          returning id, created_at, metadata
        ), added as (
          insert into conversation_items (conversation, id, item)
          select created.id, i.id, i.item::json
          from created, unnest(${items.map((item) => item.id ?? '')}::text[], ${items.map(json)}::text[])
            with ordinality as i (id, item, n)
          order by n on conflict (conversation, id) do nothing
        )
        select * from created`;
      return shown(row) as Conversation;
    },

    async find(tenant, id) {
      if (!isId('conv', id)) return undefined;
      const [row] = await sql<Row[]>`
        select id, created_at, metadata from conversations where id = ${id} and tenant = ${tenant}`;
      return shown(row);
    },

    async update(tenant, id, metadata) {
      if (!isId('conv', id)) return undefined;
      const [row] = await sql<Row[]>`
        update conversations set metadata = ${json(metadata)}::text::json, used_at = clock_timestamp()
        where id = ${id} and tenant = ${tenant} returning id, created_at, metadata`;
      return shown(row);
    },

    async delete(tenant, id) {
      if (!isId('conv', id)) return false;
      const deleted =
        await sql`delete from conversations where id = ${id} and tenant = ${tenant} returning id`;
      return deleted.length === 1;
    },

    async items(id) {
      const rows = await sql<{ item: StoredItem }[]>`
        select item from conversation_items where conversation = ${id} order by position`;
      return rows.map(({ item }) => item);
    },

    async append(id, items) {
      await sql`
        insert into conversation_items (conversation, id, item)
        select ${id}, i.id, i.item::json
        from unnest(${items.map((item) => item.id ?? '')}::text[], ${items.map(json)}::text[])
          with ordinality as i (id, item, n)
        order by n on conflict (conversation, id) do nothing`;
    },

    async deleteItem(id, itemId) {
      if (!/^[\w-]{1,256}$/.test(itemId)) return false;
      const deleted = await sql`
        delete from conversation_items where conversation = ${id} and id = ${itemId} returning id`;
      return deleted.length === 1;
    },
  };
}
