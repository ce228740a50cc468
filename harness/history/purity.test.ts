import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Sources of plans and histories, comments left out. */
const sources = ['harness/plan', 'harness/history'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return { file: `${folder}/${file}`, text: text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '') };
    }),
);

test('plans and histories have no clock, no I/O and no randomness of their own', () => {
  const impure =
    /\b(Date|performance|Math\.random|crypto|process|fetch|console|set(Timeout|Interval|Immediate))\b[.(]/;
  const found = sources.filter(({ text }) => impure.test(text)).map(({ file }) => file);
  expect(sources.length).toBeGreaterThan(40);
  expect(found).toEqual([]);
});

test('plans and histories import only types from elsewhere, the table of errors and fast-check', () => {
  const values = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/^import (?!type )[^;]*? from '([^']+)';/gm)].map(([, from = '']) => ({ file, from })),
  );
  const foreign = values.filter(({ file, from }) => {
    const path = join('/', dirname(file), from);
    if (/^\/harness\/(plan|history)\/|^\/harness\/errors\.ts$/.test(path) && from.startsWith('.'))
      return false;
    return !(from === 'fast-check' && file.startsWith('harness/plan/'));
  });
  expect(values.length).toBeGreaterThan(60);
  expect(foreign).toEqual([]);
});
