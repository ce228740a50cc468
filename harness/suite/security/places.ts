import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { containerLog } from '../../stack/compose/container-logs.ts';
import { runFolder } from '../../stack/run-folder.ts';
import { driver, optionalService, runId } from '../stack.ts';

/** The log of a service up to now, as it was written; undefined where its log is not here. */
export async function logOf(name: string): Promise<string | undefined> {
  const found = optionalService(name);
  if (!found || found.remote) return undefined;
  if (driver() === 'compose') return await containerLog(runId(), name);
  return readFileSync(join(runFolder(runId()), 'logs', `${name}.log`), 'latin1');
}

/** Names of the tables of all services, with their schemas. */
export async function tablesOf(sql: Sql): Promise<readonly (readonly [schema: string, table: string])[]> {
  const rows = await sql<{ schema: string; name: string }[]>`
    select schemaname as schema, tablename as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`;
  return rows.map(({ schema, name }) => [schema, name]);
}

/** Of a longer row its beginning and its end are read: it holds what a client stored, in bytes. */
const longestRow = 1_000_000;
const rowsAtOnce = 200;

/** The rows of a table as texts of several rows each: JSON and texts as they are, bytes in hex. */
export async function* textsOf(sql: Sql, schema: string, table: string): AsyncGenerator<string> {
  const rows = sql<{ text: string }[]>`
    select case when length(text) <= ${longestRow} then text
      else left(text, ${longestRow / 2}) || right(text, ${longestRow / 2}) end as text
    from (select whole::text as text from ${sql(schema)}.${sql(table)} as whole) as rows`;
  for await (const batch of rows.cursor(rowsAtOnce)) yield batch.map(({ text }) => text).join('\n');
}
