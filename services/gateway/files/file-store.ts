import type { Sql } from '../../kit/database.ts';
import { isId } from '../responses/store/response-row.ts';

/** A file as the OpenAI API shows it. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}

export interface NewFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly content: Buffer;
}

/** Files of one tenant at a time; `undefined` and `false` for those it does not have. */
export interface FileStore {
  create(tenant: string, file: NewFile): Promise<FileObject>;
  find(tenant: string, id: string): Promise<FileObject | undefined>;
  content(
    tenant: string,
    id: string,
  ): Promise<{ readonly filename: string; readonly bytes: Buffer } | undefined>;
  /** Oldest first. */
  list(tenant: string, purpose: string | undefined): Promise<readonly FileObject[]>;
  /** Deletes a file, from all vector stores too. */
  delete(tenant: string, id: string): Promise<boolean>;
}

const maxListed = 10_000;

interface Row {
  readonly id: string;
  readonly bytes: number;
  readonly created_at: Date;
  readonly filename: string;
  readonly purpose: string;
}

export function createFileStore(sql: Sql): FileStore {
  const columns = sql`id, octet_length(content) as bytes, created_at, filename, purpose`;
  return {
    async create(tenant, { id, filename, purpose, content }) {
      const [row] = await sql<Row[]>`
        insert into files (id, tenant, filename, purpose, content)
        values (${id}, ${tenant}, ${filename}, ${purpose}, ${content}) returning ${columns}`;
      return shown(row as Row);
    },
    async find(tenant, id) {
      if (!isId('file', id)) return undefined;
      const [row] = await sql<Row[]>`select ${columns} from files where id = ${id} and tenant = ${tenant}`;
      return row && shown(row);
    },
    async content(tenant, id) {
      if (!isId('file', id)) return undefined;
      const [row] = await sql<{ filename: string; bytes: Buffer }[]>`
        select filename, content as bytes from files where id = ${id} and tenant = ${tenant}`;
      return row;
    },
    async list(tenant, purpose) {
      const rows = await sql<Row[]>`
        select ${columns} from files
        where tenant = ${tenant} and (${purpose ?? null}::text is null or purpose = ${purpose ?? null})
        order by created_at, id limit ${maxListed}`;
      return rows.map(shown);
    },
    async delete(tenant, id) {
      if (!isId('file', id)) return false;
      const deleted = await sql`delete from files where id = ${id} and tenant = ${tenant} returning id`;
      return deleted.length === 1;
    },
  };
}

const shown = ({ created_at, ...row }: Row): FileObject => ({
  ...row,
  object: 'file',
  created_at: Math.floor(created_at.getTime() / 1_000),
  status: 'processed',
});
