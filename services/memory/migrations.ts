import type { Migration } from '../kit/database.ts';

export const migrations: readonly Migration[] = [
  {
    id: '001-memories',
    up: `
      -- seq breaks ties of created_at: "newest first" is a total order.
      -- fact_key is the hash of the fact as it was extracted; it outlives edits, so that a conversation
      -- sent again with one more turn does not store its facts again.
      create table memories (
        seq bigint generated always as identity,
        id varchar(20) primary key,
        user_id uuid not null,
        caption varchar(100) not null,
        full_text varchar(500) not null,
        fact_key varchar(64) not null,
        created_at timestamptz not null default clock_timestamp(),
        unique (user_id, fact_key)
      );
      create index memories_newest_first on memories (user_id, created_at desc, seq desc);

      -- A row without processed_at is a lease: claim_id works on it until lease_until.
      create table memory_extractions (
        id bigint generated always as identity primary key,
        user_id uuid not null,
        conversation_hash varchar(64) not null,
        claim_id uuid not null,
        lease_until timestamptz not null,
        memories_extracted integer,
        processed_at timestamptz,
        unique (user_id, conversation_hash)
      );

      -- Times of the requests admitted in the last window, oldest first.
      create table request_windows (
        user_id uuid primary key,
        admitted_at timestamptz[] not null,
        last_request uuid not null,
        touched_at timestamptz not null
      );
      create index request_windows_touched on request_windows (touched_at);
    `,
  },
  {
    id: '002-forgotten-facts',
    up: `
      -- Facts whose memories the user deleted, so that they are not extracted once more.
      create table forgotten_facts (
        user_id uuid not null,
        fact_key varchar(64) not null,
        forgotten_at timestamptz not null default clock_timestamp(),
        primary key (user_id, fact_key)
      );
      create index forgotten_facts_age on forgotten_facts (forgotten_at);
      create index memory_extractions_age on memory_extractions (processed_at);
    `,
  },
];
