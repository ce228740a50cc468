import { join } from 'node:path';
import type { Unsealed } from './recording-text.ts';

const longestPart = 60;

/**
 * Where a recording is kept below its folder: a folder for each part of its scope, and a name that says what was asked. Two
 * scopes may share a folder; their keys, of which the name has the beginning, are different.
 */
export function fileNameOf({ key, scope, request }: Pick<Unsealed, 'key' | 'scope' | 'request'>): string {
  const { method, upstream, path } = request;
  const asked = part(`${method} ${upstream} ${path.replace(/\?.*/s, '')}`);
  return join(...scope.split('/').map(part), `${asked}-${key.slice(0, 12)}.json`);
}

function part(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestPart)
    .replace(/^-|-$/g, '');
  return plain || 'unnamed';
}
