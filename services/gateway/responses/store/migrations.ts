import type { Migration } from '../../../kit/database.ts';

/**
 * `json`, not `jsonb`: what clients and models write is kept as it is, NUL characters and the order of names included.
 * `runner` is the worker that runs a response; it holds it as long as its own row is alive.
 */
export const responseMigrations: readonly Migration[] = [
  {
    id: '101-responses',
    up: `
      create table gateway.response_workers (
        worker uuid primary key,
        alive_until timestamptz not null
      );
      create table gateway.conversations (
        id text primary key,
        tenant text not null,
        created_at timestamptz not null default clock_timestamp(),
        used_at timestamptz not null default clock_timestamp(),
        metadata json not null,
        turn text,
        turn_runner uuid
      );
      create index conversations_used_at on gateway.conversations (used_at);
      create table gateway.conversation_items (
        conversation text not null references gateway.conversations on delete cascade,
        position bigint generated always as identity,
        id text not null,
        item json not null,
        primary key (conversation, position)
      );
      create unique index conversation_items_id on gateway.conversation_items (conversation, id);
      create table gateway.responses (
        id text primary key,
        tenant text not null,
        created_at timestamptz not null default clock_timestamp(),
        status text not null
          check (status in ('queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled')),
        background boolean not null,
        deleted boolean not null default false,
        previous_id text references gateway.responses,
        conversation text,
        input json not null,
        output json not null,
        body json not null,
        item_ids text[] not null default '{}',
        request json,
        runner uuid,
        attempts int not null default 0,
        followed boolean not null default false
      );
      create index responses_created_at on gateway.responses (created_at);
      create index responses_previous_id on gateway.responses (previous_id) where previous_id is not null;
      create index responses_running on gateway.responses (created_at) where status in ('queued', 'in_progress');
      create index responses_item_ids on gateway.responses using gin (item_ids);
      create table gateway.response_events (
        response text not null references gateway.responses on delete cascade,
        sequence int not null,
        event json not null,
        primary key (response, sequence)
      );`,
  },
];
