import { toFile } from 'openai';
import { until } from '../until.ts';
import { caller } from './caller.ts';

/** A vector store of the gateway that holds a file of each text; resolves when all have been read. */
export async function storeOf(
  ...texts: readonly string[]
): Promise<{ store: string; files: readonly string[] }> {
  const client = caller();
  const { id: store } = await client.vectorStores.create({ name: 'harbour' });
  const files: string[] = [];
  for (const [at, text] of texts.entries()) {
    const file = await toFile(Buffer.from(text), `notes-${at}.txt`, { type: 'text/plain' });
    const { id } = await client.files.create({ file, purpose: 'assistants' });
    await client.vectorStores.files.create(store, { file_id: id });
    files.push(id);
  }
  await until('the store to be read', async () => {
    const { file_counts: counts } = await client.vectorStores.retrieve(store);
    return counts.completed === texts.length;
  });
  return { store, files };
}
