import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SubjectName } from './subject.ts';

/** One mistake, planted in one place of a correct subject. */
export interface Mutant {
  readonly name: string;
  /** Mutants of one family are one mistake at different places. */
  readonly family: string;
  /** A public thread, a rule, or the name of the mistake. */
  readonly source: string;
  readonly subject: SubjectName;
  /** By its name, or a file from the root of the package. */
  readonly workload: string;
  /** From the root of the package. */
  readonly file: string;
  /** Stands once in the file. */
  readonly old: string;
  readonly new: string;
  /** Why nobody can see it from outside, or not again: it is shown, and not hunted. */
  readonly unobservable?: string;
}

const folder = join(import.meta.dirname, 'mutants');

/** All mutants, in the order of their files. */
export function readMutants(): readonly Mutant[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as readonly Mutant[]);
}

/** The text of a file with the mistake in it, or why the patch does not apply. */
export function mutated(
  text: string,
  mutant: Mutant,
): { readonly text: string } | { readonly reason: string } {
  const pieces = text.split(mutant.old);
  if (pieces.length === 2) return { text: pieces.join(mutant.new) };
  return { reason: `its old text stands ${pieces.length - 1} times in ${mutant.file}` };
}
