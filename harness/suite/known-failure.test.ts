import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { unlessKnown } from './known-failure.ts';
import { SkipError } from './skip.ts';

const folder = mkdtempSync(join(tmpdir(), 'known-failure-'));
const notes = () => process.env.GAUNTLET_KNOWN ?? '';
let written = 0;

beforeAll(() => {
  const litellm = { state: 'healthy', from: 'package', url: 'http://127.0.0.1:1', version: '1.2.3' };
  const services = { litellm };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify({ driver: 'process', services }));
  process.env.GAUNTLET_STACK = join(folder, 'stack.json');
});
beforeEach(() => {
  process.env.GAUNTLET_KNOWN = join(folder, `${written++}.jsonl`);
});

const known = { bug: 'counts-wrong', service: 'litellm', version: '1.2.3', says: /Expected: 2/ };
const isTwo = (number: number) => async () => expect(number).toBe(2);

test('a failure that is known is noted under its test, and the test goes on', async () => {
  await unlessKnown(known, isTwo(1));
  expect(JSON.parse(readFileSync(notes(), 'utf8'))).toEqual({
    file: expect.stringMatching(/known-failure\.test\.ts$/),
    test: 'a failure that is known is noted under its test, and the test goes on',
    bug: 'counts-wrong',
    server: 'litellm 1.2.3',
    message: expect.stringContaining('Received: 1'),
  });
});

test('what is declared as failing and passes asks for its declaration to be removed', async () => {
  await expect(unlessKnown(known, isTwo(2))).rejects.toThrow(
    'declared as failing (bugs/counts-wrong, litellm 1.2.3) but passes: remove the declaration',
  );
});

test('another version may pass, and is a finding when it fails in the same way', async () => {
  const older = { ...known, version: '1.0.0' };
  await unlessKnown(older, isTwo(2));
  expect(existsSync(notes())).toBe(false);
  await unlessKnown(older, isTwo(1));
  expect(readFileSync(notes(), 'utf8')).toContain('litellm 1.2.3');
});

test('what fails in a race may pass, and is a finding when it does not', async () => {
  const race = { ...known, sometimes: true as const };
  await unlessKnown(race, isTwo(2));
  expect(existsSync(notes())).toBe(false);
  await unlessKnown(race, isTwo(1));
  expect(readFileSync(notes(), 'utf8')).toContain('counts-wrong');
});

test('what the platform throws is known by its words too, though its class is not that of the tests', async () => {
  const signal = AbortSignal.timeout(1);
  await new Promise((aborted) => signal.addEventListener('abort', aborted));
  await unlessKnown({ ...known, says: /due to timeout/ }, () => Promise.reject(signal.reason));
  expect(readFileSync(notes(), 'utf8')).toContain('counts-wrong');
});

test('a failure of another kind fails the test, and so does one that nobody declared', async () => {
  const other = unlessKnown(known, async () => expect([1]).toHaveLength(7));
  await expect(other).rejects.toThrow('Expected length: 7');
  await expect(unlessKnown(undefined, isTwo(1))).rejects.toThrow('Expected: 2');
  expect(existsSync(notes())).toBe(false);
});

test('a test that skips is skipped, whatever its reason says', async () => {
  const skipped = unlessKnown(known, async () => {
    throw new SkipError('Expected: 2 workers', 'upstream_unavailable');
  });
  await expect(skipped).rejects.toMatchObject({ name: 'SkipError' });
  expect(existsSync(notes())).toBe(false);
});
