import type { Sql } from '../../kit/database.ts';
import { type Attributes, attributeFilter } from './attribute-filter.ts';
import type { Embed } from './embedder.ts';

export interface SearchQuery {
  readonly stores: readonly string[];
  readonly query: string;
  readonly maxResults: number;
  readonly minScore: number;
  /** See {@link attributeFilter}. */
  readonly filters?: unknown;
}

export interface SearchResult {
  readonly file_id: string;
  readonly filename: string;
  /** Cosine similarity, 0 to 1. */
  readonly score: number;
  readonly attributes: Attributes;
  readonly text: string;
}

/** Finds the chunks nearest to a text, best first. */
export type Search = (query: SearchQuery, signal: AbortSignal) => Promise<readonly SearchResult[]>;

/** Exact search over all chunks of the stores: by pgvector's operator where the extension is there, else by a sum. */
export async function createSearch(sql: Sql, embed: Embed): Promise<Search> {
  const [extension] = await sql<{ schema: string }[]>`
    select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'vector'`;
  const similarity = (vector: readonly number[]) => {
    if (extension === undefined) {
      return sql`(select sum(a * b) from unnest(c.embedding, ${vector}::real[]) as pair (a, b))`;
    }
    const type = sql`${sql(extension.schema)}.vector`;
    return sql`1 - (c.embedding::${type} operator(${sql(extension.schema)}.<=>) ${vector}::real[]::${type})`;
  };

  return async ({ stores, query, maxResults, minScore, filters }, signal) => {
    const fits = attributeFilter(filters, 'filters');
    const members = await sql<{ store: string; file: string; attributes: Attributes }[]>`
      select store, file, attributes from vector_store_files where store = any(${[...stores]}) and error is null`;
    const chosen = members.filter(({ attributes }) => fits(attributes));
    if (chosen.length === 0 || query.trim() === '') return [];
    const [embedding] = await embed([query], signal);
    const vector = Array.from(embedding ?? []);
    const rows = await sql<
      { file: string; filename: string; score: number; attributes: Attributes; text: string }[]
    >`
      select c.file, f.filename, m.attributes, c.text, c.score from (
        select c.store, c.file, c.position, c.text, ${similarity(vector)} as score
        from vector_chunks c
        join unnest(${chosen.map(({ store }) => store)}::text[], ${chosen.map(({ file }) => file)}::text[])
          as chosen (store, file) on chosen.store = c.store and chosen.file = c.file
        where cardinality(c.embedding) = ${vector.length}
      ) c
      join files f on f.id = c.file
      join vector_store_files m on m.store = c.store and m.file = c.file
      where c.score >= ${minScore}
      order by c.score desc, c.file, c.position limit ${maxResults}`;
    return rows.map(({ file, filename, score, attributes, text }) => ({
      file_id: file,
      filename,
      score: Math.min(1, Math.max(0, score)),
      attributes,
      text,
    }));
  };
}
