import { expect, jest, test } from '@jest/globals';
import type { TestOutcome } from '../report/outcome.ts';
import { repeatSuites } from './repeat-suites.ts';

const passed: TestOutcome = {
  ...{ suite: 'gateway', file: 'e2e/gateway/a.test.ts', name: 'refuses what is too much' },
  ...{ status: 'passed', durationMs: 3 },
};
const failed: TestOutcome = { ...passed, status: 'failed', message: 'Received: 500' };
const skipped: TestOutcome = { ...passed, status: 'skipped', reason: 'not here', class: 'not_offered' };
const known: TestOutcome = { ...passed, known: [{ bug: 'b', server: 's 1', message: 'm' }] };

/** What a run had come to when it was interrupted. */
const interrupted: readonly TestOutcome[] = [failed];

/** Runs as often as there are lists of outcomes; undefined is a run that says nothing. */
async function repeated(...runs: readonly (readonly TestOutcome[] | undefined)[]) {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const seeds: number[] = [];
  const interrupts = new AbortController();
  const run = async (seed: number) => {
    const outcomes = runs[seeds.push(seed) - 1];
    if (outcomes === interrupted) interrupts.abort();
    return outcomes && { outcomes, unasked: [], measurements: [] };
  };
  const done = await repeatSuites(runs.length, 7, run, interrupts.signal);
  const printed = log.mock.calls.join('\n');
  log.mockRestore();
  return { outcomes: done?.outcomes, seeds, printed };
}

test('a test that failed once has failed, and tells how often and with which seeds', async () => {
  const { outcomes, seeds, printed } = await repeated([passed], [failed], [skipped], [failed]);
  expect(outcomes).toEqual([{ ...failed, runs: { of: 4, failedSeeds: [8, 10] } }]);
  expect(seeds).toEqual([7, 8, 9, 10]);
  expect(printed).toContain('run 2 of 4, seed 8: 0 passed, 1 failed, 0 skipped');
});

test('what never failed is what it was found to be: known, passed, or skipped each time', async () => {
  const runs = { of: 2, failedSeeds: [] };
  expect((await repeated([passed], [known])).outcomes).toEqual([{ ...known, runs }]);
  expect((await repeated([skipped], [passed])).outcomes).toEqual([{ ...passed, runs }]);
  expect((await repeated([skipped], [skipped])).outcomes).toEqual([{ ...skipped, runs }]);
});

test('tests of one name are told apart', async () => {
  const { outcomes } = await repeated([passed, failed], [passed, passed]);
  expect(outcomes?.map(({ status, runs }) => [status, runs?.failedSeeds])).toEqual([
    ['passed', []],
    ['failed', [7]],
  ]);
});

test('a run that ends without saying ends them all', async () => {
  const { outcomes, seeds } = await repeated([passed], undefined, [passed]);
  expect(outcomes).toBeUndefined();
  expect(seeds).toEqual([7, 8]);
});

test('an interrupt leaves what the runs before it came to', async () => {
  const { outcomes, seeds } = await repeated([passed], interrupted, [passed]);
  expect(outcomes).toEqual([{ ...passed, runs: { of: 1, failedSeeds: [] } }]);
  expect(seeds).toEqual([7, 8]);
});
