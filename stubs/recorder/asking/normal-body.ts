import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Placeholders } from './placeholders.ts';

/** A request body as recordings keep it: without what is another value in each run. */
export type NormalBody =
  | { readonly body: Json }
  | { readonly text: string }
  /** Bytes that are no text. */
  | { readonly binary: { readonly sha256: string; readonly bytes: number } }
  | Record<string, never>;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Top-level fields that name a user or a conversation of the run; nothing of the answer depends on them. */
const fieldRules: readonly string[] = [
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'conversation',
];

/** The bytes as text, unpacked when the header says that they are packed; `undefined` for what is no text. */
export function textOf(raw: Buffer, encoding = ''): string | undefined {
  const bytes = unpacked(raw, encoding);
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

/** Reads a request body, and notes its values in `placeholders`. */
export function readBody(
  raw: Buffer,
  contentType: string,
  encoding: string,
  placeholders: Placeholders,
): NormalBody {
  if (raw.length === 0) return {};
  const text = textOf(raw, encoding);
  // A boundary is made up for each form.
  const boundary = /^multipart\/.*\bboundary="?([^";]+)/i.exec(contentType)?.[1];
  if (text === undefined) {
    const bytes = boundary ? withoutBoundary(raw, boundary) : raw;
    return { binary: { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length } };
  }
  if (boundary) return { text: hidden(text.replaceAll(boundary, '⟦boundary⟧'), placeholders) };
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return { text: hidden(text, placeholders) };
  for (const leaf of leavesOf(value)) placeholders.find(leaf);
  return { body: hideIn(withoutFields(value, placeholders), placeholders) };
}

function hidden(text: string, placeholders: Placeholders): string {
  placeholders.find(text);
  return placeholders.hide(text);
}

function withoutFields(value: Json, placeholders: Placeholders): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const hide = (name: string, field: Json): Json => {
    if (typeof field === 'string') return placeholders.own(name, field) ?? `⟦${name}⟧`;
    // Which keys there are is the request's shape; what they hold is not.
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).map(([key, inner]) => [key, hide(name, inner)]));
  };
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      fieldRules.includes(key) ? hide(key.replaceAll('_', ''), field) : field,
    ]),
  );
}

function hideIn(value: Json, placeholders: Placeholders): Json {
  if (typeof value === 'string') return placeholders.hide(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => hideIn(item, placeholders));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideIn(item, placeholders)]));
}

/** Strings in the order of sorted keys, so that the order of fields gives no other numbers. */
function* leavesOf(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* leavesOf(item);
  else if (typeof value === 'object' && value !== null)
    for (const [, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) yield* leavesOf(item);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function unpacked(raw: Buffer, encoding: string): Buffer {
  try {
    if (encoding === 'gzip') return gunzipSync(raw);
    if (encoding === 'br') return brotliDecompressSync(raw);
    if (encoding === 'deflate') return inflateSync(raw);
  } catch {
    // Not what the header says: it is kept as it came.
  }
  return raw;
}

function withoutBoundary(raw: Buffer, boundary: string): Buffer {
  return Buffer.from(raw.toString('latin1').replaceAll(boundary, ''), 'latin1');
}
