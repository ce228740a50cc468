import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runFolder } from '../stack/run-folder.ts';
import { type Canary, leaksIn } from '../suite/security/leaks.ts';

/** Below the folder of a run: what its suites planted, for the search of what is written after them. */
export const plantedFile = 'planted.json';

export interface Planted {
  readonly canaries: readonly Canary[];
  /** No credential: a text that must be found, or the search finds nothing. */
  readonly proof: Canary;
}

/**
 * Searches everything in a results folder for the credentials that the suites of its run gave away, and forgets them.
 *
 * @returns a sentence for each that was found, and one where the search did not find what it must
 */
export function searchResults(folder: string, runId: string): readonly string[] {
  const path = join(runFolder(runId), plantedFile);
  if (!existsSync(path)) return [];
  const { canaries, proof } = JSON.parse(readFileSync(path, 'utf8')) as Planted;
  rmSync(path);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  let isProven = false;
  const findings = files.flatMap((file) => {
    const text = readFileSync(file, 'latin1');
    isProven ||= leaksIn(text, [proof]).length > 0;
    return leaksIn(text, canaries).map(
      ({ canary, form }) => `${relative(folder, file)} has a credential (${canary}, ${form})`,
    );
  });
  const unique = [...new Set(findings)];
  if (isProven) return unique;
  return [...unique, 'the search of the results found nothing, not even the text that was planted for it'];
}
