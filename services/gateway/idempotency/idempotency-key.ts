import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidKey } from './idempotency-error.ts';

/** Of what a header may carry, without white space around it (RFC 9110 §5.5). */
const usable = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The key of a request, if it has one. @throws IdempotencyError 400 when it is empty, too long or given twice */
export function idempotencyKeyOf({ headersDistinct }: IncomingMessage): string | undefined {
  const given = headersDistinct['idempotency-key'];
  if (given === undefined) return undefined;
  const [key = '', second] = given;
  if (second !== undefined || !usable.test(key)) throw invalidKey();
  return key;
}

/**
 * The digest of a request's body: equal for JSON values that are equal, whatever the order of names or the white space was.
 * The value must not be nested deeply.
 */
export const digestOf = (body: unknown): Buffer => hash('sha256', canonical(body), 'buffer');

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}
