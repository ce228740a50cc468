import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { TestOutcome } from '../report/outcome.ts';
import { cellName, cellOf, inapplicable, scenariosOf, testPrefix } from './cells.ts';
import { checkStreaming } from './check-results.ts';
import { knownFailures } from './known.ts';
import { type PathName, paths } from './paths.ts';
import { withStreamingTruth } from './render-table.ts';
import { type CellResult, type StreamingResults, streamingOf } from './results.ts';
import { scenarios } from './scenarios.ts';

const names = paths.map(({ name }) => name);
const declared = names.flatMap((path) => scenariosOf(path).map((scenario) => ({ path, scenario })));

/** A run in which everything is as it is declared. */
function measured(driver = 'process', change: (cell: CellResult) => CellResult = (cell) => cell) {
  const cells = declared.map(({ path, scenario }): CellResult => {
    const bug = knownFailures[path]?.[scenario.name]?.bug;
    return change({
      path,
      scenario: scenario.name,
      ...(bug ? { verdict: 'known', bug } : { verdict: 'holds' }),
    });
  });
  const results: StreamingResults = {
    ...{ runId: 'abc123', driver, startedAt: '2026-01-02T03:04:05.000Z' },
    ...{ versions: { litellm: '1.2.3' }, cells },
  };
  return results;
}

const change = (wanted: PathName, scenario: string, to: Partial<CellResult>) => (cell: CellResult) =>
  cell.path === wanted && cell.scenario === scenario ? { ...cell, ...to } : cell;

test('the name of a test tells its cell, and no two cells have one name', () => {
  for (const { path, scenario } of declared)
    expect(cellOf(`${testPrefix}${cellName(path, scenario)}`)).toEqual({ path, scenario: scenario.name });
  expect(cellOf(`${testPrefix}gateway: nothing of the kind`)).toBeUndefined();
  const all = declared.map(({ path, scenario }) => cellName(path, scenario));
  expect(new Set(all).size).toBe(all.length);
});

test('what does not apply is not declared as failing, and every known failure has an entry in bugs/', () => {
  const bugs = readdirSync(join(import.meta.dirname, '../../bugs'));
  for (const path of names) {
    for (const [scenario, { bug }] of Object.entries(knownFailures[path] ?? {})) {
      expect(Object.keys(inapplicable[path] ?? {})).not.toContain(scenario);
      expect(bugs).toContain(bug);
    }
  }
});

test('a run tells of every cell whether it holds, fails, is known to fail or was not tried', () => {
  const [first, second, third, fourth] = scenariosOf('gateway').map(
    (scenario) => `${testPrefix}${cellName('gateway', scenario)}`,
  );
  const outcome = (name = '', more: Partial<TestOutcome> = {}): TestOutcome => ({
    ...{ suite: 'streaming', file: 'e2e/streaming/gateway.test.ts', name, status: 'passed', durationMs: 1 },
    ...more,
  });
  const outcomes = [
    outcome(first),
    outcome(second, { known: [{ bug: 'litellm-clean-end', server: 'litellm 1.2.3', message: 'no' }] }),
    outcome(third, { status: 'failed', message: 'no' }),
    outcome(fourth, { status: 'skipped', reason: 'litellm: absent' }),
    outcome('another test'),
    outcome(first, { suite: 'gateway' }),
  ];
  const record = {
    ...{ runId: 'abc123', driver: 'process' as const, supervisor: '', startedAt: '2026-01-02T03:04:05.000Z' },
    ...{ variables: {}, secrets: [] },
    services: {
      litellm: { state: 'healthy' as const, version: '1.2.3' },
      postgres: { state: 'healthy' as const, version: '18' },
    },
  };
  const facts = { record, seed: 1, durationMs: 1, outcomes };
  expect(streamingOf(facts)).toMatchObject({ versions: { litellm: '1.2.3' } });
  expect(streamingOf(facts)?.cells).toEqual([
    { path: 'gateway', scenario: 'order', verdict: 'holds' },
    { path: 'gateway', scenario: 'terminal', verdict: 'known', bug: 'litellm-clean-end' },
    { path: 'gateway', scenario: 'grammar', verdict: 'fails' },
    { path: 'gateway', scenario: 'usage', verdict: 'skipped', reason: 'litellm: absent' },
  ]);
  expect(streamingOf({ ...facts, outcomes: [] })).toBeUndefined();
});

test('a table that is as declared has no problems, and each difference is one', () => {
  expect(checkStreaming([measured()])).toEqual([]);
  const failed = change('gateway', 'order', { verdict: 'fails' });
  expect(checkStreaming([measured('process', failed)])).toEqual([
    expect.stringContaining('"gateway: order" failed'),
  ]);
  const unknown = change('gateway', 'order', { verdict: 'known', bug: 'litellm-clean-end' });
  expect(checkStreaming([measured('process', unknown)])).toEqual([
    expect.stringContaining('was measured as litellm-clean-end, and is declared as holding'),
  ]);
  const cured = (cell: CellResult): CellResult =>
    cell.path === 'LiteLLM' && cell.scenario === 'refusal'
      ? { path: cell.path, scenario: cell.scenario, verdict: 'holds' }
      : cell;
  expect(checkStreaming([measured('process', cured)])).toEqual([
    expect.stringContaining(
      '"LiteLLM: refusal" was measured as holds, and is declared as litellm-stream-refusal',
    ),
  ]);
  const partial = { ...measured(), cells: measured().cells.slice(1) };
  expect(checkStreaming([partial])).toEqual([expect.stringContaining('"gateway: order" was not measured')]);
  const stray = { path: 'gateway', scenario: 'dance', verdict: 'holds' } as unknown as CellResult;
  expect(checkStreaming([{ ...measured(), cells: [...measured().cells, stray] }])).toEqual([
    expect.stringContaining('"gateway: dance" is no cell of the suite'),
  ]);
});

test('what one driver could not try another one says, and what they say differently both say', () => {
  const page = (...all: readonly StreamingResults[]) =>
    withStreamingTruth(
      'Top\n<!-- written by `npm run generate` from streaming-truth.json -->\n<!-- end of what is written -->\nEnd',
      all,
    );
  const rowOf = (text: string, scenario: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`| **${scenario}**`))
      ?.split(' | ');
  const skipped = measured('compose', change('gateway', 'order', { verdict: 'skipped', reason: 'absent' }));
  expect(rowOf(page(measured(), skipped), 'order')?.[1]).toBe('✔');
  expect(rowOf(page(skipped), 'order')?.[1]).toBe('○');
  const failed = measured('compose', change('gateway', 'order', { verdict: 'fails' }));
  expect(rowOf(page(measured(), failed), 'order')?.[1]).toBe('✔ (process)<br>✘ (compose)');
  expect(rowOf(page(measured()), 'ended early')?.[5]).toBe(
    '✘ [litellm-clean-end](../bugs/litellm-clean-end)',
  );
  expect(rowOf(page(measured()), 'tools')?.[8]).toBe('–');
  expect(rowOf(page(measured()), 'order')).toHaveLength(paths.length + 1);
  expect(page(measured())).toContain('| process | abc123 | 2026-01-02 | litellm 1.2.3 |');
  expect(() => withStreamingTruth('Top', [])).toThrow('lacks the marks');
  expect(scenarios.length).toBeGreaterThan(20);
});
