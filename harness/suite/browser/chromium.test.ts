import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chromiumPath } from './chromium.ts';

let folder: string;
const program = (path: string, mode = 0o755) => {
  writeFileSync(join(folder, path), '');
  chmodSync(join(folder, path), mode);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  for (const name of ['first', 'second', 'empty']) mkdirSync(join(folder, name));
  program('first/chromium');
  program('second/chromium-headless-shell');
  program('second/google-chrome', 0o644);
  program('downloaded');
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (path: string) => join(folder, path);
const nowhere = '/no/such/chromium';

test('the program that CHROMIUM_PATH names comes before all others', () => {
  const environment = { CHROMIUM_PATH: at('first/chromium'), PATH: at('second') };
  expect(chromiumPath(environment, at('downloaded'))).toBe(at('first/chromium'));
});

test('a CHROMIUM_PATH that names no program is an error, not a skip', () => {
  expect(() => chromiumPath({ CHROMIUM_PATH: nowhere, PATH: at('first') })).toThrow(
    /CHROMIUM_PATH.*no program/,
  );
});

test('on PATH the shell without windows comes first, in whatever folder it is', () => {
  const PATH = [at('first'), at('second')].join(delimiter);
  expect(chromiumPath({ PATH }, nowhere)).toBe(at('second/chromium-headless-shell'));
  expect(chromiumPath({ PATH: at('first') }, nowhere)).toBe(at('first/chromium'));
});

test('without one on PATH it is what was downloaded, and without that none', () => {
  const PATH = at('empty');
  expect(chromiumPath({ PATH }, at('downloaded'))).toBe(at('downloaded'));
  expect(chromiumPath({ PATH }, nowhere)).toBeUndefined();
});
