import { createHash } from 'node:crypto';
import type { StoredRequest } from '../files/recording.ts';

/**
 * What a request is found again by: SHA-256 of its scope, method, upstream, path with query, and normal body, in JSON with
 * sorted keys. Header fields, credentials and the order of fields play no part; the order of lists and white space do.
 */
export function keyOf(scope: string, { method, upstream, path, body, text, binary }: StoredRequest): string {
  return createHash('sha256')
    .update(canonical({ scope, method, upstream, path, body, text, binary }))
    .digest('hex');
}

/** JSON with sorted keys and without white space. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}
