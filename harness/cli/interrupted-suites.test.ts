import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { GauntletProcess, newFolder } from './gauntlet-process.ts';

test('an interrupt of repeated suites tells what the whole runs before it came to, and where that is kept', async () => {
  const folder = newFolder();
  const results = join(folder, 'results');
  const core = ['--driver', 'process', '--profiles', 'core', '--results', results];
  // All of it is skipped on the small stack: it has no such service.
  const run = new GauntletProcess(['e2e', ...core, '--repeat', '50', 'e2e/ollama/native'], {}, folder);
  const [, skipped] = await run.said(/run 1 of 50, seed \d+: 0 passed, 0 failed, (\d+) skipped/);
  run.child.kill('SIGINT');
  expect(await run.exit()).toBe(130);
  expect(run.output).toContain(
    `results: ${join(results, run.runId)}\n0 passed, 0 failed, ${skipped} skipped`,
  );
  expect(run.output).toContain('GNT_INTERRUPTED');
});
