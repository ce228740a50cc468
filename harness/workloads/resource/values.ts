import { createHash } from 'node:crypto';
import type { Json, JsonRecord } from '../../plan/json.ts';
import type { ResourceField } from './declaration.ts';

/** Every text holds it, and so does every search. */
export const word = 'remember';

/** The text that only one operation writes. It ends by itself, so that none is the beginning of another. */
export const markerOf = (unique: string): string => `<#${unique}>`;

/** A value of a field that no other operation writes; texts say which operation and which field it is of. */
export const uniqueValue = (name: string, { kind }: ResourceField, unique: string): Json =>
  kind === 'text' ? `${word} ${markerOf(unique)} ${name}` : numberOf(`${unique} ${name}`);

const numberOf = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 7), 16);

/**
 * Which element of a set an item is: the marker that all its texts agree on. An item whose texts are of several is none of them.
 * @param fields names of the fields that are texts
 */
export function elementOf(item: JsonRecord, fields: readonly string[]): string {
  const markers = fields.flatMap((name) => {
    const value = item[name];
    return typeof value === 'string' ? (value.match(/<#[^>]+>/g) ?? []) : [];
  });
  const [first, ...others] = new Set(markers);
  return first === undefined ? JSON.stringify(item) : [first, ...others].join(' mixed with ');
}
