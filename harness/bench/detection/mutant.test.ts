import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../stack/process/launch.ts';
import { type Mutant, mutated, readMutants } from './mutant.ts';
import { subjects } from './subject.ts';

const mutant: Mutant = {
  name: 'all',
  family: 'a condition lost',
  source: 'the test',
  subject: 'memory',
  workload: 'memory',
  file: 'services/memory/memory-store.ts',
  old: 'where id = 1',
  new: 'where $& = $1',
};

test('A mutant is the file with its old text replaced, character by character.', () => {
  expect(mutated('select 1 where id = 1;', mutant)).toEqual({ text: 'select 1 where $& = $1;' });
});

test('A patch whose place is gone, or not the only one, says so.', () => {
  expect(mutated('select 1;', mutant)).toEqual({
    reason: 'its old text stands 0 times in services/memory/memory-store.ts',
  });
  expect(mutated('where id = 1 or where id = 1', mutant)).toHaveProperty(
    'reason',
    expect.stringContaining('2 times'),
  );
});

test('Every mutant applies to the code as it is, changes it, and is a program still.', () => {
  const unfit = readMutants().flatMap((each) => {
    const text = readFileSync(join(packageRoot, each.file), 'utf8');
    const outcome = mutated(text, each);
    if ('reason' in outcome) return [`${each.name}: ${outcome.reason}`];
    if (outcome.text === text) return [`${each.name} changes nothing`];
    try {
      stripTypeScriptTypes(outcome.text);
      return [];
    } catch (error) {
      return [`${each.name}: ${error}`];
    }
  });
  expect(unfit).toEqual([]);
});

test('Mutants have names of their own, and sit in a folder that their subject runs from.', () => {
  const mutants = readMutants();
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  const astray = mutants.filter(
    ({ subject, file }) => !subjects[subject]?.folders.some((folder) => file.startsWith(`${folder}/`)),
  );
  expect(astray.map(({ name }) => name)).toEqual([]);
});

test('At least 40 mutants are hunted.', () => {
  expect(
    readMutants().filter(({ unobservable }) => unobservable === undefined).length,
  ).toBeGreaterThanOrEqual(40);
});
