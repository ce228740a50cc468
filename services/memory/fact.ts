import { createHash } from 'node:crypto';
import { withoutDirectives } from '../kit/operation-id.ts';

export const captionMaxCharacters = 100;
export const fullTextMaxCharacters = 500;

/** Something worth remembering about a user, within the length limits. */
export interface Fact {
  readonly caption: string;
  readonly fullText: string;
}

/** A fact from raw texts: white space and directives tidied away, cut to the limits; undefined if nothing is left. */
export function makeFact(caption: string, fullText: string): Fact | undefined {
  const full = tidy(fullText) || tidy(caption);
  if (full === '') return undefined;
  return {
    caption: cut(tidy(caption) || full, captionMaxCharacters),
    fullText: cut(full, fullTextMaxCharacters),
  };
}

/** Same key for the same fact, whatever its case, spacing or final full stop. */
export function factKey(fact: Fact): string {
  const normal = fact.fullText
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/[.!\s]+$/, '');
  return createHash('sha256').update(normal).digest('hex');
}

// Directives address one request; kept in a memory they would speak again in every later one.
// NUL can't be stored in a PostgreSQL text.
function tidy(text: string): string {
  return withoutDirectives(text.toWellFormed().replaceAll('\0', '')).replace(/\s+/g, ' ').trim();
}

/** Counts code points, as varchar(n) does. */
function cut(text: string, max: number): string {
  const points = [...text];
  return points.length <= max ? text : `${points.slice(0, max - 3).join('')}...`;
}
