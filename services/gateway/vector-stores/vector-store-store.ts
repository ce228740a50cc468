import type { Sql } from '../../kit/database.ts';
import { isId, json } from '../responses/store/response-row.ts';
import type { Attributes } from './attribute-filter.ts';

/** What a client says about a store. */
export interface About {
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface VectorStore extends About {
  readonly id: string;
  readonly object: 'vector_store';
  readonly created_at: number;
  readonly last_active_at: number;
  readonly status: 'completed';
  readonly usage_bytes: number;
  readonly file_counts: Readonly<
    Record<'in_progress' | 'completed' | 'failed' | 'cancelled' | 'total', number>
  >;
  readonly expires_after: null;
  readonly expires_at: null;
}

/** A file as part of a store; `id` is the file's. */
export interface VectorStoreFile {
  readonly id: string;
  readonly object: 'vector_store.file';
  readonly created_at: number;
  readonly vector_store_id: string;
  readonly usage_bytes: number;
  readonly status: 'completed' | 'failed';
  readonly last_error: { readonly code: string; readonly message: string } | null;
  readonly attributes: Attributes;
}

/** Vector stores of one tenant at a time; `undefined` and `false` for those it does not have. */
export interface VectorStores {
  create(tenant: string, id: string, about: About): Promise<VectorStore>;
  find(tenant: string, id: string): Promise<VectorStore | undefined>;
  /** Oldest first. */
  list(tenant: string): Promise<readonly VectorStore[]>;
  update(tenant: string, id: string, about: Partial<About>): Promise<VectorStore | undefined>;
  delete(tenant: string, id: string): Promise<boolean>;
  /** Files of a store, oldest first. */
  files(store: string): Promise<readonly VectorStoreFile[]>;
  removeFile(store: string, file: string): Promise<boolean>;
}

interface Row {
  readonly id: string;
  readonly created_at: Date;
  readonly used_at: Date;
  readonly about: About;
  readonly bytes: number;
  readonly completed: number;
  readonly total: number;
}

const maxListed = 10_000;

export function createVectorStores(sql: Sql): VectorStores {
  const select = (where: ReturnType<typeof sql>) => sql<Row[]>`
    select s.id, s.created_at, s.used_at, s.about, coalesce(sum(f.bytes), 0)::int as bytes,
      count(f.file)::int as total, (count(f.file) filter (where f.error is null))::int as completed
    from vector_stores s left join vector_store_files f on f.store = s.id
    where ${where} group by s.id order by s.created_at, s.id limit ${maxListed}`;
  const find = async (tenant: string, id: string) => {
    if (!isId('vs', id)) return undefined;
    const [row] = await select(sql`s.id = ${id} and s.tenant = ${tenant}`);
    return row && shown(row);
  };

  return {
    async create(tenant, id, about) {
      await sql`insert into vector_stores (id, tenant, about) values (${id}, ${tenant}, ${json(about)}::text::json)`;
      return (await find(tenant, id)) as VectorStore;
    },
    find,
    list: async (tenant) => (await select(sql`s.tenant = ${tenant}`)).map(shown),
    async update(tenant, id, about) {
      if (!isId('vs', id)) return undefined;
      await sql.begin(async (tx) => {
        const [row] = await tx<{ about: About }[]>`
          select about from vector_stores where id = ${id} and tenant = ${tenant} for update`;
        const next = json({ ...row?.about, ...about });
        if (row) await tx`update vector_stores set about = ${next}::text::json where id = ${id}`;
      });
      return find(tenant, id);
    },
    async delete(tenant, id) {
      if (!isId('vs', id)) return false;
      const deleted =
        await sql`delete from vector_stores where id = ${id} and tenant = ${tenant} returning id`;
      return deleted.length === 1;
    },
    async files(store) {
      const rows = await sql<
        {
          file: string;
          created_at: Date;
          attributes: Attributes;
          bytes: number;
          error: VectorStoreFile['last_error'];
        }[]
      >`
        select file, created_at, attributes, bytes, error from vector_store_files
        where store = ${store} order by created_at, file`;
      return rows.map(({ file, created_at, attributes, bytes, error }) => ({
        id: file,
        object: 'vector_store.file',
        created_at: seconds(created_at),
        vector_store_id: store,
        usage_bytes: bytes,
        status: error === null ? 'completed' : 'failed',
        last_error: error,
        attributes,
      }));
    },
    async removeFile(store, file) {
      if (!isId('file', file)) return false;
      const removed = await sql`
        delete from vector_store_files where store = ${store} and file = ${file} returning file`;
      return removed.length === 1;
    },
  };
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000);

const shown = ({ id, created_at, used_at, about, bytes, completed, total }: Row): VectorStore => ({
  id,
  object: 'vector_store',
  created_at: seconds(created_at),
  last_active_at: seconds(used_at),
  ...about,
  status: 'completed',
  usage_bytes: bytes,
  file_counts: { in_progress: 0, completed, failed: total - completed, cancelled: 0, total },
  expires_after: null,
  expires_at: null,
});
