import { isUtf8 } from 'node:buffer';
import type { Sql } from '../../kit/database.ts';
import { json } from '../responses/store/response-row.ts';
import type { Attributes } from './attribute-filter.ts';
import { chunksOf } from './chunk.ts';
import type { Embed } from './embedder.ts';

export interface FileToIndex {
  readonly store: string;
  readonly file: string;
  readonly bytes: Buffer;
  readonly attributes: Attributes;
}

const rowsPerInsert = 200;

/**
 * Puts a text file into a vector store, in place of what the store had of it. Whole or not at all: the store is searched by
 * other workers meanwhile. A file that is no text is kept as failed; what goes wrong with the embeddings is thrown.
 */
export async function indexFile(
  sql: Sql,
  embed: Embed,
  { store, file, bytes, attributes }: FileToIndex,
  signal: AbortSignal,
): Promise<void> {
  const isText = isUtf8(bytes);
  // The database's texts hold no NUL.
  const chunks = isText ? chunksOf(bytes.toString('utf8').replaceAll('\0', '\ufffd')) : [];
  const embeddings = await embed(chunks, signal);
  const error = isText ? null : { code: 'unsupported_file', message: 'Only text in UTF-8 can be searched.' };
  await sql.begin(async (tx) => {
    await tx`delete from vector_store_files where store = ${store} and file = ${file}`;
    await tx`
      insert into vector_store_files (store, file, attributes, bytes, error)
      values (${store}, ${file}, ${json(attributes)}::text::json, ${bytes.length}, ${error && json(error)}::text::json)`;
    for (let from = 0; from < chunks.length; from += rowsPerInsert) {
      const rows = chunks.slice(from, from + rowsPerInsert).map((text, offset) => ({
        store,
        file,
        position: from + offset,
        text,
        embedding: Array.from(embeddings[from + offset] ?? []),
      }));
      await tx`insert into vector_chunks ${tx(rows)}`;
    }
    await tx`update vector_stores set used_at = clock_timestamp() where id = ${store}`;
  });
}
