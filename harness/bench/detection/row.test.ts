import { expect, test } from '@jest/globals';
import { type Row, rowLine, sumsLine, sumsOf, unmutated } from './row.ts';

const head = { family: 'user dropped from a query', subject: 'memory', workload: 'memory' };
const found = (mutant: string, reproduced: number): Row => ({
  ...head,
  mutant,
  outcome: 'found',
  checkers: ['stale-read'],
  seconds: 1.25,
  plans: 3,
  steps: 2,
  reproduced,
  of: 10,
});
const missed: Row = { ...head, mutant: 'b', outcome: 'valid', seconds: 60, plans: 90 };
const alarm: Row = { ...found(unmutated, 10) };

test('Sums count mutants that could be hunted, and findings on unmutated subjects apart from them.', () => {
  const rows: readonly Row[] = [
    found('a', 8),
    found('c', 7),
    missed,
    { ...missed, mutant: 'd', outcome: 'error', why: 'GNT_INTERNAL' },
    { ...missed, mutant: 'e', outcome: 'unfit', why: 'its old text stands 0 times in x' },
    alarm,
    { ...missed, mutant: unmutated },
  ];
  const sums = sumsOf(rows);
  expect(sums).toEqual({ mutants: 4, found: 2, firm: 1, falseAlarms: 1, unfit: 1 });
  expect(sumsLine(sums, 60)).toBe(
    '  found within 60 s: 2 of 4 (50 %) · of those at least 8 of 10: 1 of 2 (50 %)' +
      ' · false alarms on unmutated subjects: 1 · 1 could not run',
  );
});

test('A finding that was measured less than ten times is firm by its share; one never measured is not.', () => {
  expect(sumsOf([{ ...found('a', 4), of: 5 }]).firm).toBe(1);
  expect(sumsOf([{ ...found('a', 0), of: 0 }]).firm).toBe(0);
});

test('A row tells who found it, after how long, in how many steps, how often, and what controls said.', () => {
  const controls = [{ name: 'one worker', reproduced: 0, of: 10 }];
  const line = rowLine({ ...found('a', 10), controls }).replaceAll(/ +/g, ' ');
  expect(line).toBe(
    ' ✔ a user dropped from a query stale-read 1.3 s 3 plans 2 steps 10 of 10' + ' · one worker 0 of 10',
  );
});

test('A mutant that is not found is marked, and so is a finding on a subject as it is.', () => {
  expect(rowLine(missed)).toMatch(/^ {2}✗ b .* valid +60\.0 s +90 plans$/);
  expect(rowLine(alarm)).toMatch(/^ {2}✗ memory as it is/);
});
