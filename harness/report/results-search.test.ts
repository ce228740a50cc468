import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runFolder } from '../stack/run-folder.ts';
import { newCanary } from '../suite/security/leaks.ts';
import { plantedFile, searchResults } from './results-search.ts';

let runs = 0;

/** What the search says of results with these files, after a run that planted a key. */
function search(files: (key: string, proof: string) => Readonly<Record<string, string>>) {
  const runId = `search${process.pid}-${++runs}`;
  const [key, proof] = [newCanary('the key'), newCanary('proof', 'proof-')];
  mkdirSync(runFolder(runId), { recursive: true });
  writeFileSync(join(runFolder(runId), plantedFile), JSON.stringify({ canaries: [key], proof }));
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  mkdirSync(join(folder, 'logs/second'), { recursive: true });
  for (const [name, text] of Object.entries(files(key.value, proof.value)))
    writeFileSync(join(folder, name), text);
  return { first: searchResults(folder, runId), again: searchResults(folder, runId) };
}

test('results without a credential have no finding, and what was planted is forgotten', () => {
  expect(search((_key, proof) => ({ 'logs/gateway.log': `asked ${proof}` }))).toEqual({
    first: [],
    again: [],
  });
});

test('a credential is found in every file, in every form', () => {
  const { first } = search((key, proof) => ({
    'journal.jsonl': proof,
    'junit.xml': `<failure>${key}</failure>`,
    'logs/second/memory.log': Buffer.from(`Bearer ${key}`).toString('base64'),
  }));
  expect(first).toEqual(
    expect.arrayContaining([
      'junit.xml has a credential (the key, as it is)',
      'logs/second/memory.log has a credential (the key, in base64)',
    ]),
  );
});

test('a search that does not find what it must is a finding', () => {
  const { first } = search(() => ({ 'summary.json': '{}' }));
  expect(first).toEqual([expect.stringContaining('not even the text that was planted')]);
});

test('runs that planted nothing are not searched', () => {
  expect(searchResults(mkdtempSync(join(tmpdir(), 'results-')), 'none')).toEqual([]);
});
