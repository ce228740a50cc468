import { expect, test } from '@jest/globals';
import { GauntletError } from '../errors.ts';
import { checkerNames, checkerOf, checkHistory } from './checkers.ts';
import type { CheckChoice, FaultEvent, History } from './events.ts';
import { Recording } from './simulation/recording.ts';
import { combine, type Verdict } from './verdict.ts';

const required: Readonly<Record<string, object>> = {
  limit: { window: 'sliding', limit: 1, windowMs: 1 },
  'cancel-upstream': { withinMs: 100 },
  attempts: { most: 1 },
  jobs: { delivery: 'exactly-once' },
};
const fault: FaultEvent = {
  type: 'fault',
  id: 'f1',
  at: 5,
  state: 'fired',
  fault: { on: 'service', action: 'kill', service: 'memory', revertAfterMs: 1_000 },
};
const codeOf = (choice: CheckChoice) => {
  try {
    checkerOf(choice);
    return undefined;
  } catch (error) {
    return error instanceof GauntletError ? error.code : error;
  }
};

test('every checker is found by the name that its verdicts carry, says its rule and what it needs', () => {
  const { history } = new Recording();
  for (const checker of checkerNames) {
    const made = checkerOf({ checker, ...required[checker] });
    expect(made.name).toBe(checker);
    expect(made.rule).toMatch(/\.$/);
    expect(made.needs.length).toBeGreaterThan(0);
    expect(made.check(history, [])).toMatchObject({ checker, verdict: 'not-judged', counted: 0 });
  }
});

test('an unknown checker and unusable options have codes', () => {
  expect(codeOf({ checker: 'toString' })).toBe('GNT_CHECKER_UNKNOWN');
  expect(codeOf({ checker: 'lost-update', withinMs: 3 })).toBe('GNT_CHECKER_OPTIONS');
  expect(codeOf({ checker: 'convergence', withinMs: '3' })).toBe('GNT_CHECKER_OPTIONS');
  expect(codeOf({ checker: 'cancel-upstream' })).toBe('GNT_CHECKER_OPTIONS');
  expect(codeOf({ checker: 'limit', window: 'sliding', limit: 3 })).toBe('GNT_CHECKER_OPTIONS');
  expect(codeOf({ checker: 'limit', window: 'concurrent', limit: 3 })).toBeUndefined();
});

test('a history is judged by the checkers of its header', () => {
  const checks = [{ checker: 'lost-update' }, { checker: 'stale-read' }];
  const { history } = new Recording(checks).ok(1, 'write', { value: 'a' }).ok(1, 'read', {}, { value: null });
  const { verdict, verdicts } = checkHistory(history);
  expect(verdict).toBe('invalid');
  expect(verdicts.map(({ checker }) => checker)).toEqual(['lost-update', 'stale-read']);
});

test('a run whose fault did not fire, or has no proof of it, shows nothing', () => {
  const { history } = new Recording([{ checker: 'lost-update' }]).ok(1, 'read', {}, { value: null });
  const faulty = (events: History['events']) =>
    checkHistory({ header: { ...history.header, faults: ['f1'] }, events: [...events, ...history.events] });
  const vacuous = { checker: 'faults-fired', verdict: 'not-judged', reason: 'no proof that f1 fired' };
  expect(faulty([]).verdicts).toContainEqual(expect.objectContaining(vacuous));
  expect(faulty([fault]).verdicts).toContainEqual(expect.objectContaining(vacuous));
  expect(faulty([{ ...fault, proof: { pid: 7 } }])).toMatchObject({ verdict: 'valid' });
});

test('invalid outweighs unknown, unknown outweighs valid, and nothing judged is not valid', () => {
  const of = (...words: readonly Verdict['verdict'][]) =>
    combine(words.map((verdict) => ({ checker: 'c', verdict, counted: 1 }))).verdict;
  expect(of('valid', 'not-judged', 'unknown', 'invalid')).toBe('invalid');
  expect(of('valid', 'not-judged', 'unknown')).toBe('unknown');
  expect(of('valid', 'not-judged')).toBe('valid');
  expect(of('not-judged')).toBe('not-judged');
  expect(of()).toBe('not-judged');
});
