import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeRunFolder, runFolder, writeStackRecord } from '../stack/run-folder.ts';
import { keptFile } from '../suite/kept-file.ts';
import { writeResults } from './results-folder.ts';

const runId = `kept-${process.pid}`;
const record = {
  ...{
    runId,
    driver: 'process' as const,
    supervisor: 'host/boot/1/2/3',
    startedAt: '2026-01-02T03:04:05.000Z',
  },
  ...{ services: {}, variables: {}, secrets: [] },
};
const facts = { record, seed: 42, durationMs: 2500, outcomes: [] };

let folder: string;
const stack = process.env.GAUNTLET_STACK;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'results-'));
  process.env.GAUNTLET_STACK = join(makeRunFolder(runId), 'stack.json');
  writeStackRecord(record);
});
afterAll(() => {
  process.env.GAUNTLET_STACK = stack;
  if (stack === undefined) delete process.env.GAUNTLET_STACK;
  rmSync(folder, { recursive: true });
  rmSync(runFolder(runId), { recursive: true });
});

test('the results have the files that suites left for them, and the summary names them', () => {
  expect(writeResults(folder, facts, undefined)).not.toHaveProperty('files');
  const picture = Buffer.from([0x89, 0x50, 0x00, 0xff]);
  writeFileSync(keptFile('browser/sent.png'), picture);
  writeFileSync(keptFile('browser/a/trace.zip'), 'PK');
  const { files } = writeResults(folder, facts, undefined);
  expect(files).toEqual(['browser/a/trace.zip', 'browser/sent.png']);
  expect(readFileSync(join(folder, 'browser/sent.png'))).toEqual(picture);
  expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toMatchObject({ files });
});
