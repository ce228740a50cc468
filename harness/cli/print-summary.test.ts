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

function print(
  outcomes: readonly TestOutcome[],
  unasked: SuitesRun['unasked'] = [],
  measurements: SuitesRun['measurements'] = [],
): number {
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
  return printSummary(summary, 'results/abc123', { outcomes, unasked, measurements });
}

test('a convention that is not kept is shown apart and does not fail the run', () => {
  expect(print([passed, { ...passed, name: 'refuses', conventions: [broken] }])).toBe(0);
  expect(printed).toContain('1 × a refusal has the error body of the OpenAI API\n      refuses\n');
  expect(printed).toContain('1 passed, 0 failed, 0 skipped, 1 against conventions');
});

test('a failure that is known is shown apart with its bug and does not fail the run', () => {
  const known = [{ bug: 'litellm-clean-end', server: 'litellm 1.2.3', message: 'Received: stop' }];
  expect(print([passed, { ...passed, name: 'ends', known }])).toBe(0);
  expect(printed).toContain('1 × litellm 1.2.3: bugs/litellm-clean-end\n      ends\n');
  expect(printed).toContain('1 passed, 0 failed, 0 skipped, 1 known');
});

test('a required feature that no test asked for is no success', () => {
  expect(print([passed], ['responses'])).toBe(1);
  expect(printed).toContain('--require responses: none of the tests that ran needs it');
});

test('a run without conventions or requirements says nothing of them', () => {
  expect(print([passed])).toBe(0);
  expect(printed).toBe('\nresults: results/abc123\n1 passed, 0 failed, 0 skipped\n');
});

test('the largest fan-out that was measured is told on one line', () => {
  const times = { p50: 10, p95: 20, p99: 30.5 };
  const resident = {
    beforeBytes: 1_000_000,
    openBytes: 52_200_000,
    peakBytes: 60_000_000,
    perStreamBytes: 102_400,
  };
  const measured = {
    ...{ what: 'fan-out', streams: 500, openAtOnce: 500, eventsPerStream: 58, resident },
    ...{ firstEventMs: times, firstTextMs: times, completionMs: times, largestGapMs: times },
  };
  const smaller = { ...measured, streams: 10, resident: { unknown: 'no scope in this stack' } };
  expect(print([passed], [], [smaller, measured, { ...measured, what: 'followers', streams: 900 }])).toBe(0);
  expect(printed).toContain(
    '\n500 streams at once: first event p50 10, p99 30.5 ms; completion p50 10, p99 30.5 ms; 100 KB of memory each (perf.json)\n',
  );
  print([passed], [], [smaller]);
  expect(printed).toContain('; memory unknown: no scope in this stack (perf.json)\n');
});
