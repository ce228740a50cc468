import type { Json } from '../plan/json.ts';

/** Something that is equal for equal values and can be the key of a map. No value counts as null. */
export type ValueId = string | number | boolean | null;

export function valueId(value: Json | undefined): ValueId {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? `json:${JSON.stringify(value, sortedKeys)}` : value;
}

const empty: readonly Json[] = [];

export const elementsOf = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? value : empty;

/** For sentences: a value, cut where it gets long. */
export function shown(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function sortedKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
