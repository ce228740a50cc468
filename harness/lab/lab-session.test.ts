import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ServiceState, StackRecord } from '../stack/run-folder.ts';
import { saltOf } from './lab-session.ts';

let folder: string;
const before = process.env.GAUNTLET_STATE_DIR;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-session-'));
  process.env.GAUNTLET_STATE_DIR = folder;
});
afterAll(() => {
  if (before === undefined) delete process.env.GAUNTLET_STATE_DIR;
  else process.env.GAUNTLET_STATE_DIR = before;
  rmSync(folder, { recursive: true });
});

function stack(runId: string, state: ServiceState): StackRecord {
  mkdirSync(join(folder, runId));
  return { runId, services: { memory: { state } } } as unknown as StackRecord;
}

test('on a new stack names come from seed and path alone, on one that was used they do not meet them', () => {
  const record = stack('a', 'healthy');
  expect(saltOf(record)).toBe('');
  expect(saltOf(record)).toBe('s2');
  expect(saltOf(record)).toBe('s3');
  expect(saltOf(stack('b', 'healthy'))).toBe('');
});

test('where the store is not the stack’s nothing can be known of it, and every lab has names of its own', () => {
  const record = stack('c', 'remote');
  expect(saltOf(record)).not.toBe(saltOf(record));
});

test('a stack without a folder is one of which nothing is known', () => {
  const record = { runId: 'nowhere', services: {} } as unknown as StackRecord;
  expect(saltOf(record)).toMatch(/^[0-9a-f]{8}$/);
});
