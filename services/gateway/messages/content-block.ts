import { invalidRequest } from './anthropic-error.ts';
import type { Block } from './messages-schema.ts';

/** A part of a chat message that is more than a text (OpenAI API reference, "Chat completions"). */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly filename: string; readonly file_data: string } };

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * What a block of a user's message or of a tool's result says to a chat model.
 * @param path of the block, for errors, such as `messages.0.content.2`
 * @throws OpenaiError 400 for a block that is malformed, or that a chat model cannot be told
 */
export function partsOf(block: Block, path: string): readonly Part[] {
  switch (block.type) {
    case 'text':
      return textParts(stringIn(block, 'text', path));
    case 'image':
      return [imageOf(recordIn(block, 'source', path), `${path}.source`)];
    case 'document':
      return documentOf(block, path);
    case 'search_result':
      return searchResultOf(block, path);
    default:
      throw unsupported(`${path}: a block of type '${block.type}' cannot be sent to this model here.`);
  }
}

/** The string of a field; throws 400 with the field's path. */
export function stringIn(record: Readonly<Record<string, unknown>>, name: string, path: string): string {
  const value = record[name];
  if (typeof value !== 'string') throw invalidRequest(`${path}.${name}: Input should be a valid string.`);
  return value;
}

/** The object of a field; throws 400 with the field's path. */
export function recordIn(
  record: Readonly<Record<string, unknown>>,
  name: string,
  path: string,
): Readonly<Record<string, unknown>> {
  const value = record[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest(`${path}.${name}: Input should be a valid dictionary.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** The blocks of a list; a string stands for one text block. Throws 400 for anything else. */
export function blocksOf(content: unknown, path: string): readonly Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidRequest(`${path}: Input should be a string or a list of blocks.`);
  for (const [index, block] of content.entries()) {
    if (typeof block?.type !== 'string') {
      throw invalidRequest(`${path}.${index}.type: Input should be a valid string.`);
    }
  }
  return content;
}

/** An error for what the API knows and what this gateway cannot pass on. */
export const unsupported = (message: string) => invalidRequest(message, 'unsupported_content');

const textParts = (text: string): readonly Part[] => (text === '' ? [] : [{ type: 'text', text }]);

function imageOf(source: Readonly<Record<string, unknown>>, path: string): Part {
  const { type } = source;
  if (type === 'url') return { type: 'image_url', image_url: { url: webUrlOf(source, path) } };
  if (type !== 'base64') throw unsupported(`${path}: an image of source '${type}' cannot be sent here.`);
  const mediaType = stringIn(source, 'media_type', path);
  if (!imageTypes.includes(mediaType)) {
    throw invalidRequest(`${path}.media_type: Input should be ${imageTypes.join(', ')}.`);
  }
  return {
    type: 'image_url',
    image_url: { url: `data:${mediaType};base64,${base64Of(source, path)}` },
  };
}

function documentOf(block: Block, path: string): readonly Part[] {
  const source = recordIn(block, 'source', path);
  const at = `${path}.source`;
  const heading = ['title', 'context'].flatMap((name) =>
    typeof block[name] === 'string' && block[name] !== '' ? [block[name] as string] : [],
  );
  switch (source.type) {
    case 'text':
      return textParts([...heading, stringIn(source, 'data', at)].join('\n'));
    case 'content': {
      const inner = blocksOf(source.content, `${at}.content`);
      const parts = inner.flatMap((each, index) => partsOf(each, `${at}.content.${index}`));
      return [...textParts(heading.join('\n')), ...parts];
    }
    case 'base64': {
      if (source.media_type !== 'application/pdf')
        throw invalidRequest(`${at}.media_type: Input should be application/pdf.`);
      const filename = typeof block.title === 'string' && block.title !== '' ? block.title : 'document.pdf';
      const data = `data:application/pdf;base64,${base64Of(source, at)}`;
      const context = typeof block.context === 'string' ? block.context : '';
      return [...textParts(context), { type: 'file', file: { filename, file_data: data } }];
    }
    default:
      throw unsupported(`${at}: a document of source '${source.type}' cannot be sent here.`);
  }
}

function searchResultOf(block: Block, path: string): readonly Part[] {
  const heading = [stringIn(block, 'title', path), stringIn(block, 'source', path)];
  const texts = blocksOf(block.content, `${path}.content`).map((each, index) =>
    stringIn(each, 'text', `${path}.content.${index}`),
  );
  return textParts([...heading, ...texts].filter((text) => text !== '').join('\n'));
}

function webUrlOf(source: Readonly<Record<string, unknown>>, path: string): string {
  const url = stringIn(source, 'url', path);
  if (!/^https?:\/\/\S+$/.test(url))
    throw invalidRequest(`${path}.url: Input should be an http or https URL.`);
  return url;
}

function base64Of(source: Readonly<Record<string, unknown>>, path: string): string {
  const data = stringIn(source, 'data', path);
  if (!base64.test(data)) throw invalidRequest(`${path}.data: Input should be base64.`);
  return data;
}
