import type { Migration } from '../../kit/database.ts';

/**
 * Embeddings are arrays of the database's own, so that stores are the same with and without pgvector; where the extension
 * can be had, searches compute with it.
 */
export const vectorStoreMigrations: readonly Migration[] = [
  {
    id: '103-vector-stores',
    up: `
      do $$ begin
        create extension if not exists vector;
      exception when others then
        null;
      end $$;
      create table gateway.vector_stores (
        id text primary key,
        tenant text not null,
        created_at timestamptz not null default clock_timestamp(),
        used_at timestamptz not null default clock_timestamp(),
        about json not null
      );
      create index vector_stores_tenant on gateway.vector_stores (tenant, created_at, id);
      create table gateway.vector_store_files (
        store text not null references gateway.vector_stores on delete cascade,
        file text not null references gateway.files on delete cascade,
        created_at timestamptz not null default clock_timestamp(),
        attributes json not null,
        bytes int not null,
        error json,
        primary key (store, file)
      );
      create index vector_store_files_file on gateway.vector_store_files (file);
      create table gateway.vector_chunks (
        store text not null,
        file text not null,
        position int not null,
        text text not null,
        embedding real[] not null,
        primary key (store, file, position),
        foreign key (store, file) references gateway.vector_store_files on delete cascade
      );`,
  },
];
