import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execa } from 'execa';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Note {
  readonly file: string;
  readonly stack: string;
  readonly begin: number;
  readonly end: number;
}

/** Runs files of one test each, which notes on which stack it was and when. */
async function runFiles(heads: Readonly<Record<string, string>>, second: string): Promise<readonly Note[]> {
  for (const [file, head] of Object.entries(heads)) {
    const text = `${head}
import { appendFileSync } from 'node:fs';
test('notes where it is', async () => {
  const begin = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const note = { file: '${file}', stack: process.env.GAUNTLET_STACK, begin, end: Date.now() };
  appendFileSync('${folder}/notes', JSON.stringify(note) + '\\n');
});`;
    writeFileSync(join(folder, `${file}.test.mjs`), text);
  }
  const here = resolve('harness/suite/running');
  const config = {
    rootDir: folder,
    testMatch: ['**/*.test.mjs'],
    transform: {},
    maxWorkers: 2,
    ...{ testEnvironment: join(here, 'environment.ts'), runner: join(here, 'runner.ts') },
    testSequencer: join(here, 'sequencer.ts'),
  };
  writeFileSync(join(folder, 'jest.json'), JSON.stringify(config));
  await execa(
    process.execPath,
    ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--config', join(folder, 'jest.json')],
    {
      env: {
        GAUNTLET_STACK: 'first',
        GAUNTLET_SECOND_STACK: second,
        GAUNTLET_OUTCOMES: join(folder, 'outcomes'),
      },
    },
  );
  const lines = readFileSync(join(folder, 'notes'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Note);
}

const heads = {
  ...{ one: '/** @alone */', other: '/** @alone */', part: '/** @alone memory */', shared: '' },
  measuring: '/** @alone machine */',
};
const overlap = (a: Note | undefined, b: Note | undefined) => a && b && a.begin < b.end && b.begin < a.end;

test('files that need a stack alone are on the second one, one at a time, and those that measure come last', async () => {
  const notes = await runFiles(heads, 'second');
  const stacks = Object.fromEntries(notes.map(({ file, stack }) => [file, stack]));
  expect(stacks).toEqual({
    ...{ one: 'second', other: 'second', part: 'first', shared: 'first', measuring: 'second' },
  });
  const [one, other] = ['one', 'other'].map((name) => notes.find(({ file }) => file === name));
  expect(overlap(one, other)).toBe(false);
  expect(notes.toSorted((a, b) => a.begin - b.begin).at(-1)?.file).toBe('measuring');
});
