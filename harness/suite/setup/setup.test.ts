import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const suites = join(import.meta.dirname, '../../../e2e');
const ofAnyProvider = readdirSync(suites, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(join(suites, path), 'utf8') }))
  .filter(({ text }) => /@provider any\b/.test(/^\s*\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? ''));

test('a suite that runs with any provider sends no directive and looks into no journal', () => {
  expect(ofAnyProvider.map(({ path }) => path)).toContain('base/chat.test.ts');
  const driving = /suite\/(?:\w+\/)?(?:journal|operation|scripted[\w-]*)\.ts'/;
  expect(ofAnyProvider.filter(({ text }) => driving.test(text)).map(({ path }) => path)).toEqual([]);
});
