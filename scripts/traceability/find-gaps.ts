import type { CoveringTest } from './find-coverage.ts';
import type { Requirement } from './requirement.ts';

/** Sentences about requirements that no test covers, or one does although it is covered elsewhere, and about covered ids that nobody knows. */
export function findGaps(
  requirements: readonly Requirement[],
  tests: readonly CoveringTest[],
): readonly string[] {
  const known = new Set(requirements.map(({ id }) => id));
  const covered = new Set(tests.flatMap(({ ids }) => ids));
  const uncovered = requirements
    .filter(({ id, elsewhere }) => !covered.has(id) && !elsewhere)
    .map(({ id, title }) => `${id} (${title}): no test covers it; put "// covers ${id}" above one`);
  const unknown = tests.flatMap(({ file, name, ids }) =>
    ids
      .filter((id) => !known.has(id))
      .map((id) => `${file}: "${name}" covers ${id}, which docs/requirements.json does not have`),
  );
  const both = requirements
    .filter(({ id, elsewhere }) => covered.has(id) && elsewhere)
    .map(({ id }) => `${id}: a test covers it, and docs/requirements.json says that none does`);
  return [...uncovered, ...both, ...unknown];
}
