import type { ChatMessage, ContentPart } from '../../kit/chat-schema.ts';
import { openaiError } from '../../kit/openai-error.ts';

type FilePart = Extract<ContentPart, { readonly type: 'file' }>;

/** A file's text is cut here: more would fill the window of a model with one attachment. */
const maxCharacters = 100_000;
const textual =
  /^(?:text\/|application\/(?:json|[\w.+-]*\+json|xml|[\w.+-]*\+xml|x?-?yaml|toml|javascript|sql|x-sh|x-ndjson)\b)/;
const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*?(;base64)?,/;

/**
 * The messages with their attached files (`file: {name, mime_type, content}`) in a form that models know: text becomes a
 * text part between two marks, an image an image part, anything else the file part of the OpenAI API. A `content` is a
 * data URL, or else plain text for textual types and base64 for others. File parts of the OpenAI API (`file_data`,
 * `file_id`) stay as they are. Throws 400 `invalid_file` for content that is not what its type says.
 */
export function readableFiles(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some(({ content }) => Array.isArray(content) && content.some(isAttached))) return messages;
  return messages.map((message, at) =>
    Array.isArray(message.content)
      ? {
          ...message,
          content: message.content.map((part) =>
            isAttached(part) ? readable(part.file, `messages.${at}.content`) : part,
          ),
        }
      : message,
  );
}

function isAttached(part: ContentPart): part is FilePart {
  return part.type === 'file' && typeof part.file.content === 'string';
}

function readable(file: FilePart['file'], param: string): ContentPart {
  const content = file.content ?? '';
  const name = file.name ?? 'file';
  const said = dataUrl.exec(content);
  const type = (file.mime_type ?? said?.[1] ?? 'text/plain').toLowerCase();
  if (textual.test(type)) return textPart(name, said ? decoded(content, said, param) : content);
  const base64 = said?.[2] ? content.slice(said[0].length) : content;
  if ((said && !said[2]) || !isBase64(base64)) throw invalidFile(`${type} must come as base64.`, param);
  const url = `data:${type};base64,${base64}`;
  if (type.startsWith('image/')) return { type: 'image_url', image_url: { url } };
  return { type: 'file', file: { filename: name, file_data: url } } as ContentPart;
}

function textPart(name: string, text: string): ContentPart {
  const whole = text.length <= maxCharacters;
  const shown = whole ? text : `${text.slice(0, maxCharacters)}\n[Cut after ${maxCharacters} characters]`;
  // A name must not be able to end the mark that it stands in.
  const safeName = name.replaceAll(/[\p{Cc}[\]]/gu, ' ').slice(0, 200);
  return { type: 'text', text: `[Attached file: ${safeName}]\n${shown}\n[End of file]` };
}

function decoded(content: string, { 0: head, 2: base64 }: RegExpExecArray, param: string): string {
  const body = content.slice(head.length);
  try {
    if (!base64) return decodeURIComponent(body);
    if (!isBase64(body)) throw new TypeError('not base64');
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    throw invalidFile('a text must be valid UTF-8 in a valid data URL.', param);
  }
}

const isBase64 = (text: string): boolean => text.length % 4 !== 1 && /^[A-Za-z0-9+/_-]*={0,2}$/.test(text);

function invalidFile(why: string, param: string) {
  return openaiError(400, `The file cannot be read: ${why}`, 'invalid_request_error', 'invalid_file', param);
}
