import { fileNotFound } from '../../files/file-routes.ts';
import type { FileStore } from '../../files/file-store.ts';
import type { Item } from '../events/response-event.ts';
import { invalidRequest } from '../request/check.ts';

type Part = Readonly<Record<string, unknown>>;

/** Of all stored files in one request, as base64 makes them a third larger and they are held in memory. */
const maxBytes = 32 * 1024 * 1024;

const imageTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};
const otherTypes: Readonly<Record<string, string>> = { pdf: 'application/pdf', json: 'application/json' };

/**
 * Items with the content of stored files in the place of their ids, for the upstream only. Throws 404 for a file the tenant
 * does not have, 400 when they are too large together.
 */
export async function loadFiles(
  files: Pick<FileStore, 'content'>,
  items: readonly Item[],
  tenant: string,
): Promise<readonly Item[]> {
  let bytes = 0;
  const load = async (part: Part): Promise<Part> => {
    const id = part.file_id;
    if (typeof id !== 'string') return part;
    const file = await files.content(tenant, id);
    if (file === undefined) throw fileNotFound(id);
    bytes += file.bytes.length;
    if (bytes > maxBytes)
      throw invalidRequest('The files are too large together.', 'file_too_large', 'input');
    const { file_id: _, ...rest } = part;
    const url = `data:${typeOf(file.filename)};base64,${file.bytes.toString('base64')}`;
    return part.type === 'input_image'
      ? { ...rest, image_url: url }
      : { ...rest, file_data: url, filename: file.filename };
  };
  const loaded: Item[] = [];
  for (const item of items) {
    const content = item.content as readonly Part[] | undefined;
    if (!Array.isArray(content) || !content.some(({ file_id }) => typeof file_id === 'string'))
      loaded.push(item);
    else {
      const parts: Part[] = [];
      for (const part of content) parts.push(await load(part));
      loaded.push({ ...item, content: parts });
    }
  }
  return loaded;
}

function typeOf(filename: string): string {
  const extension = filename.split('.').at(-1)?.toLowerCase() ?? '';
  return imageTypes[extension] ?? otherTypes[extension] ?? 'text/plain';
}
