import type { Migration } from '../kit/database.ts';

export const migrations: readonly Migration[] = [
  {
    id: '001-bridge',
    up: `
      -- Who polls a platform, and from where on. Renewed while it does.
      create table pollers (
        platform text primary key,
        holder uuid,
        lease_until timestamptz not null default '-infinity',
        cursors jsonb not null default '{}'
      );

      -- A message of a person, once, whoever polled it. working with lease_until in the past is up for another worker.
      create table inbox (
        id bigint generated always as identity primary key,
        platform text not null,
        chat text not null,
        thread text not null,
        message text not null,
        reply_to text,
        said text not null,
        voice text,
        is_command boolean not null,
        state text not null default 'waiting' check (state in ('waiting', 'working', 'done', 'stopped')),
        holder uuid,
        lease_until timestamptz,
        attempts integer not null default 0,
        -- The message that the answer is in; it is edited, never sent twice.
        answer_message text,
        came_at timestamptz not null default clock_timestamp(),
        unique (platform, chat, message)
      );
      create index inbox_open on inbox (platform, chat, thread, id) where state in ('waiting', 'working');

      -- Answers that a conversation, or a reply to one of them, goes on from.
      create table turns (
        id bigint generated always as identity primary key,
        platform text not null,
        chat text not null,
        thread text not null,
        bot_message text not null,
        response_id text not null,
        unique (platform, chat, bot_message)
      );
      create index turns_latest on turns (platform, chat, thread, id);
    `,
  },
];
