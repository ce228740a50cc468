import type { Migration } from '../../kit/database.ts';

export const providerUsageMigration: Migration = {
  id: '010-provider-usage',
  up: `
    create table gateway.provider_usage (
      provider text primary key,
      success bigint not null,
      failure bigint not null,
      cancelled bigint not null,
      unmetered bigint not null,
      input_tokens bigint not null,
      output_tokens bigint not null
    );
    create table gateway.provider_latencies (
      provider text not null,
      bucket smallint not null,
      count bigint not null,
      primary key (provider, bucket)
    );
    create table gateway.usage_writers (
      writer uuid primary key,
      last_batch bigint not null,
      written_at timestamptz not null default clock_timestamp()
    );`,
};
