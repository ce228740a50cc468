import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { TestOutcome } from '../report/outcome.ts';
import { summarise } from '../report/summary.ts';
import { printSummary } from './print-summary.ts';
import type { SuitesRun } from './run-suites.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  jest.spyOn(console, 'log').mockImplementation((line = '') => {
    printed += `${line}\n`;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const passed: TestOutcome = {
  suite: 'gateway',
  file: 'e2e/gateway/a.test.ts',
  name: 'refuses what is too much',
  status: 'passed',
  durationMs: 3,
};
const broken = { what: 'a refusal has the error body of the OpenAI API', message: 'Received: undefined' };

function print(outcomes: readonly TestOutcome[], unasked: SuitesRun['unasked'] = []): number {
  const record = {
    runId: 'abc123',
    driver: 'remote' as const,
    supervisor: 'host/boot/1/2/3',
    startedAt: '2026-01-02T03:04:05.000Z',
    services: {},
    variables: {},
    secrets: [],
  };
  const summary = summarise({ record, seed: 1, durationMs: 10, outcomes });
  return printSummary(summary, 'results/abc123', { outcomes, unasked });
}

test('a convention that is not kept is shown apart and does not fail the run', () => {
  expect(print([passed, { ...passed, name: 'refuses', conventions: [broken] }])).toBe(0);
  expect(printed).toContain('1 × a refusal has the error body of the OpenAI API\n      refuses\n');
  expect(printed).toContain('1 passed, 0 failed, 0 skipped, 1 against conventions');
});

test('a required feature that no test asked for is no success', () => {
  expect(print([passed], ['responses'])).toBe(1);
  expect(printed).toContain('--require responses: none of the tests that ran needs it');
});

test('a run without conventions or requirements says nothing of them', () => {
  expect(print([passed])).toBe(0);
  expect(printed).toBe('\nresults: results/abc123\n1 passed, 0 failed, 0 skipped\n');
});
