import { gauntletError } from '../errors.ts';
import type { JsonRecord } from './json.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** @throws GauntletError GNT_PLAN_INVALID with the place in the plan and what was wrong there */
export function refuse(place: string, problem: string): never {
  throw gauntletError('GNT_PLAN_INVALID', `${place} ${problem}`);
}

/** Fields of an object that has no others than `names`. */
export function fieldsOf(value: unknown, place: string, names: readonly string[]): Fields {
  const fields = record(value, place);
  const other = Object.keys(fields).find((name) => !names.includes(name));
  if (other !== undefined) refuse(place, `has an unknown field "${other}"`);
  return fields;
}

export function record(value: unknown, place: string): Fields & JsonRecord {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) refuse(place, 'is not an object');
  return value as JsonRecord;
}

export function list(value: unknown, place: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(place, 'is not a list');
}

export function text(value: unknown, place: string): string {
  return typeof value === 'string' && value !== '' ? value : refuse(place, 'is not a text');
}

export function whole(value: unknown, place: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return refuse(place, `is not a whole number ${range}`);
}

export function oneOf<T extends string>(value: unknown, place: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  return found ?? refuse(place, `is not one of ${choices.join(', ')}`);
}
