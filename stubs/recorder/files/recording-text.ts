import { createHash } from 'node:crypto';
import type { Recording } from './recording.ts';

/** What a recording says, before it is sealed. */
export type Unsealed = Omit<Recording, 'digest'>;

/** The recording with the digest of the rest of it. */
export function sealed(recording: Unsealed): Recording {
  return { ...recording, digest: digestOf(recording) };
}

export function digestOf(recording: Unsealed & { readonly digest?: string }): string {
  const { digest: _digest, ...rest } = recording;
  // In the order of the file, which reading keeps: however it is laid out, it says the same.
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

/** The text of a file: one line for each piece of an answer, so that a diff shows which changed. */
export function textOfRecording(recording: Recording): string {
  return `${laidOut(recording, '', [])}\n`;
}

/** Lists and objects that stay on one line. */
const isFlat = (path: readonly string[]): boolean =>
  ['atMs', 'headers', 'binary'].includes(path.at(-1) ?? '') ||
  (path[0] === 'answers' &&
    (path[2] === 'body' || path[2] === 'messages' || path[2] === 'ended') &&
    path.length > 3);

function laidOut(value: unknown, indent: string, path: readonly string[]): string {
  if (typeof value !== 'object' || value === null || isFlat(path)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const lines = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => {
      const text = laidOut(item, inner, [...path, key]);
      return `${inner}${isList ? '' : `${JSON.stringify(key)}: `}${text}`;
    });
  const [open, close] = isList ? '[]' : '{}';
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
