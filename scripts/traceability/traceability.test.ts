import { expect, test } from '@jest/globals';
import { compareWithSeeds, requestsIn, testsIn } from './compare-seeds.ts';
import { findCoverage } from './find-coverage.ts';
import { findGaps } from './find-gaps.ts';
import { renderTraceability } from './render.ts';

const requirements = [
  { id: '101/TestHealth.test_up', title: 'It is up.' },
  { id: '000/streams', title: 'Streams a | b', line: 'streams' },
];

test('a table of cases stands between a line and the name of its test', () => {
  const source =
    "// covers 001/a\ntest.each([\n  ['x', 1],\n  ['y', 2],\n] as const)(\n  'after %s', () => {});\n";
  expect(findCoverage('e2e/a.test.ts', source)).toEqual({
    tests: [{ file: 'e2e/a.test.ts', name: 'after %s', ids: ['001/a'] }],
    strays: [],
  });
});

test('a test covers the requirements named directly above it', () => {
  const source = [
    '// covers 101/TestHealth.test_up',
    '// covers 000/streams',
    "test('says \\'ok\\'', () => {});",
    '// covers 000/streams',
    '// The name is on a line of its own.',
    'test(',
    '  "streams",',
    '  () => {});',
    "test('covers nothing', () => {});",
  ].join('\n');
  expect(findCoverage('e2e/a.test.ts', source)).toEqual({
    tests: [
      { file: 'e2e/a.test.ts', name: "says 'ok'", ids: ['101/TestHealth.test_up', '000/streams'] },
      { file: 'e2e/a.test.ts', name: 'streams', ids: ['000/streams'] },
    ],
    strays: [],
  });
});

test('a covers line above something else is reported', () => {
  const { strays } = findCoverage('e2e/a.test.ts', '// covers 000/streams\n\nconst a = 1;\n');
  expect(strays).toEqual(['e2e/a.test.ts: 1 "covers" line(s) do not stand directly above a test']);
});

test('a requirement without a test and an unknown id are gaps', () => {
  const gaps = findGaps(requirements, [
    { file: 'e2e/a.test.ts', name: 'x', ids: ['000/streams', '000/tea'] },
  ]);
  expect(gaps).toEqual([
    expect.stringContaining('// covers 101/TestHealth.test_up'),
    expect.stringContaining('"x" covers 000/tea'),
  ]);
});

test('what is covered elsewhere needs no test, says why, and must not have one', () => {
  const there = { id: '000/engine', title: 'Engine', line: 'engine', elsewhere: 'the library tests <it>' };
  expect(findGaps([there], [])).toEqual([]);
  expect(renderTraceability([there], [])).toContain(
    '| `engine`<br>Engine | none: the library tests &lt;it> |',
  );
  const test = { file: 'e2e/a.test.ts', name: 'x', ids: ['000/engine'] };
  expect(findGaps([there], [test])).toEqual([expect.stringContaining('000/engine: a test covers it')]);
});

test('the document links every requirement to its tests', () => {
  const document = renderTraceability(requirements, [
    { file: 'e2e/gateway/a.test.ts', name: 'a < b', ids: ['101/TestHealth.test_up'] },
  ]);
  expect(document).toContain(
    '| `TestHealth.test_up`<br>It is up. | [gateway/a.test.ts](../e2e/gateway/a.test.ts): a &lt; b |',
  );
  expect(document).toContain('| `streams`<br>Streams a \\| b |  |');
});

test('tests of a specification are found by class, fixtures are not', () => {
  const spec =
    'class TestA:\n    async def test_b(self):\n    def test_user_id(self):\nclass TestC:\n    async def test_d(';
  expect(testsIn(spec)).toEqual(['101/TestA.test_b', '101/TestC.test_d']);
});

test('items below gaps, what is there and suggestions are asked for, others are not', () => {
  const text =
    'Known gaps\n-\nCalls:\n- streams\nCurrent state\n- import safety\nSuggested future work\n- smoke\nNotes\n- x';
  expect(requestsIn(text)).toEqual(['streams', 'import safety', 'smoke']);
});

test('the list of requirements must agree with the documents it comes from', () => {
  const seeds = new Map([
    ['004', 'class TestHealth:\n    async def test_down(self):'],
    ['000', 'Known gaps\n- streams'],
  ]);
  expect(compareWithSeeds(requirements, seeds)).toEqual([
    'docs/requirements.json lacks "101/TestHealth.test_down"',
    'docs/requirements.json has "101/TestHealth.test_up", which nobody asked for',
  ]);
});

test('a test of several cases covers what is named above it', () => {
  const source = "// covers 001/models\ntest.each(['a (b)', 'c'])(\n  'the caller %s is known',\n";
  expect(findCoverage('e2e/a.test.ts', source)).toEqual({
    tests: [{ file: 'e2e/a.test.ts', name: 'the caller %s is known', ids: ['001/models'] }],
    strays: [],
  });
});

test('requirements quote their documents', () => {
  const quoting = [
    { id: '001/fan-out', title: 'Fan-out', line: 'p99/p95 measurement' },
    { id: '001/models', title: 'Models', line: 'nobody wrote this' },
    { id: '002/refusals', title: 'Refusals' },
  ];
  const seeds = new Map([
    ['001', '  - Remaining: concurrent fanout/p99/p95 measurement.'],
    ['002', 'refusals'],
  ]);
  expect(compareWithSeeds(quoting, seeds)).toEqual([
    'docs/requirements.json quotes what is not there: "001/models"',
    'docs/requirements.json quotes what is not there: "002/refusals"',
  ]);
});

test('a named list of cases stands between a line and the name of its test', () => {
  const source = "// covers 001/a\ntest.each(providers)('%s answers', () => {});\n";
  expect(findCoverage('e2e/a.test.ts', source).tests).toEqual([
    { file: 'e2e/a.test.ts', name: '%s answers', ids: ['001/a'] },
  ]);
});
