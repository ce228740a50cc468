import type { Migration } from '../../kit/database.ts';

/** Keys of callers, what they may use, and what they have used. */
export const accessMigrations: readonly Migration[] = [
  {
    id: '200-api-keys',
    up: `
      create table gateway.api_keys (
        id text primary key,
        digest text not null unique,
        hint text not null,
        name text not null,
        tenant text not null,
        requests integer check (requests > 0),
        window_seconds integer check (window_seconds > 0),
        concurrent integer check (concurrent > 0),
        created_at timestamptz not null default clock_timestamp(),
        expires_at timestamptz,
        revoked_at timestamptz
      );
      create index api_keys_created_at on gateway.api_keys (created_at, id);
      create table gateway.api_key_use (
        key text primary key references gateway.api_keys,
        window_started timestamptz,
        used integer not null default 0
      );
      create table gateway.api_key_places (
        place uuid primary key,
        key text not null references gateway.api_keys,
        until timestamptz not null
      );
      create index api_key_places_key on gateway.api_key_places (key);
      create function gateway.admit_key(one text, new_place uuid, lease interval)
      returns table (verdict text, allowed integer, remaining integer, reset_seconds float8)
      language plpgsql as $$
      declare
        k gateway.api_keys;
        u gateway.api_key_use;
        span interval;
        t timestamptz;
        held integer;
      begin
        insert into gateway.api_key_use (key) values (one) on conflict do nothing;
        -- Requests of one key come one after the other from here; each statement below sees what the last one did.
        select * into u from gateway.api_key_use where key = one for update;
        select * into k from gateway.api_keys where id = one;
        t := clock_timestamp();
        span := make_interval(secs => k.window_seconds);
        if k.requests is not null and (u.window_started is null or t >= u.window_started + span) then
          u.window_started := t;
          u.used := 0;
        end if;
        verdict := 'admitted';
        allowed := k.requests;
        if k.revoked_at is not null or k.expires_at <= t then
          verdict := 'revoked';
        elsif k.requests is not null and u.used >= k.requests then
          verdict := 'rate';
        elsif k.concurrent is not null then
          delete from gateway.api_key_places p where p.key = one and p.until <= t;
          select count(*) into held from gateway.api_key_places p where p.key = one;
          if held >= k.concurrent then
            verdict := 'concurrency';
          else
            insert into gateway.api_key_places values (new_place, one, t + lease);
          end if;
        end if;
        if verdict = 'admitted' and k.requests is not null then
          u.used := u.used + 1;
          update gateway.api_key_use set window_started = u.window_started, used = u.used where key = one;
        end if;
        remaining := k.requests - u.used;
        reset_seconds := extract(epoch from u.window_started + span - t);
        return next;
      end $$;`,
  },
];
