import { expect, test } from '@jest/globals';
import { targetNames } from '../target.ts';
import { checkMap } from './check-map.ts';
import type { FeatureRow } from './feature-row.ts';
import { withFeatureMap } from './render-map.ts';
import { testTitles } from './test-titles.ts';

const row = (more: Partial<FeatureRow> = {}): FeatureRow => ({
  target: 'api',
  feature: 'messages',
  subfeature: 'streams',
  scenario: 'a | b',
  environment: 'nothing',
  expected: 'a stream',
  failure: 'product_failure',
  product: ['smoke/product/a.test.ts: streams'],
  prerequisites: ['smoke/prereq/b.test.ts: is up'],
  ...more,
});
const others = targetNames
  .filter((target) => target !== 'api')
  .map((target) => row({ target, feature: target, product: { reason: 'not there' }, prerequisites: [] }));
const tests = ['smoke/product/a.test.ts: streams', 'smoke/prereq/b.test.ts: is up', 'chat/c.test.ts: chats'];
const problemsOf = (more: Partial<FeatureRow>, known = tests) =>
  checkMap([row(more), ...others], new Set(known));

test('a map whose rows have tests or reasons is good', () => {
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ product: ['smoke/product/a.test.ts: streams', 'chat/c.test.ts: chats'] })).toEqual([]);
});

test.each([
  [{ product: [...(row().product as string[]), 'chat/c.test.ts: sings'] }, /a test that is not there/],
  [{ product: [] }, /neither a test nor a reason/],
  [{ product: { reason: ' ' } }, /an empty reason/],
  [{ product: ['smoke/prereq/b.test.ts: is up'] }, /a prerequisite for coverage/],
  [
    { prerequisites: [...(row().prerequisites ?? []), 'chat/c.test.ts: chats'] },
    /for a prerequisite what is none/,
  ],
  [{ target: 'auth' as const }, /nothing about the target api/],
])('%j is found', (more, problem) => {
  expect(problemsOf(more).join('\n')).toMatch(problem);
});

test('a test of the smoke that is in no row is found, one of another suite is not', () => {
  const problems = problemsOf({}, [...tests, 'smoke/product/a.test.ts: forgotten', 'chat/c.test.ts: other']);
  expect(problems).toEqual(['the map of the smoke lacks smoke/product/a.test.ts: forgotten']);
});

test('a row that stands there twice is found', () => {
  expect(checkMap([row(), row(), ...others], new Set(tests)).join()).toMatch(/in the map twice/);
});

test('the page has a section for each target, and its rows link to their tests', () => {
  const marks =
    'before\n<!-- written by `npm run generate` from harness/smoke -->\nold\n<!-- end of what is written -->\nafter\n';
  const page = withFeatureMap(marks, [row(), ...others]);
  expect(page).toMatch(/^before\n/);
  expect(page).toMatch(/\nafter\n$/);
  expect(page).not.toContain('old');
  expect(page).toContain('[product/a.test.ts](../e2e/smoke/product/a.test.ts): streams');
  expect(page).toContain('a \\| b');
  expect(page).toContain('none: not there');
  expect(withFeatureMap(page, [row(), ...others])).toBe(page);
  expect(() => withFeatureMap('no marks', [])).toThrow(/lacks the marks/);
});

test('titles are found behind tables, with quotes and parentheses in them', () => {
  const source = [
    "test('says \\'ok\\'', () => {});",
    "test.each(names)('asks %s', () => {});",
    "test.each([[')', \"(\"], [1]] as const)(\n  'deep (%s)',\n  () => {});",
    'test.failing(`FINDING: later`, () => {});',
    "  test('inner', () => {});",
    "const latest = best('not one');",
  ].join('\n');
  expect(testTitles(source)).toEqual(["says 'ok'", 'asks %s', 'deep (%s)', 'FINDING: later', 'inner']);
});
