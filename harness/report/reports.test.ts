import { expect, test } from '@jest/globals';
import { toCtrf } from './ctrf.ts';
import { toJunit } from './junit.ts';
import type { TestOutcome } from './outcome.ts';
import { summarise } from './summary.ts';

const outcomes: readonly TestOutcome[] = [
  { suite: 'gateway', file: 'e2e/gateway/a.test.ts', name: 'answers', status: 'passed', durationMs: 12 },
  {
    suite: 'gateway',
    file: 'e2e/gateway/a.test.ts',
    name: 'streams <fast>',
    status: 'failed',
    durationMs: 1500,
    message: '\u001b[31mexpected "1" & got 2\u001b[0m\nat line 3',
  },
  {
    suite: 'ollama',
    file: 'e2e/ollama/b.test.ts',
    name: 'chats',
    status: 'skipped',
    durationMs: 0,
    reason: 'ollama: no `ollama` program on PATH',
    class: 'upstream_unavailable',
  },
  { suite: 'ollama', file: 'e2e/ollama/b.test.ts', name: 'is silent', status: 'skipped', durationMs: 0 },
  {
    suite: 'gateway',
    file: 'e2e/gateway/a.test.ts',
    name: 'refuses',
    status: 'passed',
    durationMs: 4,
    conventions: [{ what: 'a refusal has an <error>', message: 'Received: undefined' }],
  },
  {
    suite: 'streaming',
    file: 'e2e/streaming/c.test.ts',
    name: 'ends',
    status: 'passed',
    durationMs: 5,
    known: [{ bug: 'litellm-clean-end', server: 'litellm 1.2.3', message: 'Received: <stop>' }],
  },
];

const facts = {
  record: {
    runId: 'abc123',
    driver: 'process' as const,
    supervisor: 'host/boot/1/2/3',
    startedAt: '2026-01-02T03:04:05.000Z',
    services: { gateway: { state: 'healthy' as const, workers: 2, readyMs: 900 } },
    variables: { SCOPE_TOKEN: 'never-in-results' },
    secrets: ['never-in-results'],
  },
  seed: 42,
  durationMs: 2500,
  outcomes,
};

test('the summary counts, gives reasons, takes a skip without one for a failure and sets conventions and what is known apart', () => {
  expect(summarise(facts)).toEqual({
    runId: 'abc123',
    driver: 'process',
    seed: 42,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 2500,
    services: { gateway: { state: 'healthy', workers: 2, readyMs: 900 } },
    tests: { passed: 1, failed: 2, skipped: 1, conventions: 1, known: 1 },
    suites: {
      gateway: { passed: 1, failed: 1, skipped: 0, conventions: 1, known: 0 },
      ollama: { passed: 0, failed: 1, skipped: 1, conventions: 0, known: 0 },
      streaming: { passed: 0, failed: 0, skipped: 0, conventions: 0, known: 1 },
    },
    skips: [{ test: 'chats', reason: 'ollama: no `ollama` program on PATH', class: 'upstream_unavailable' }],
    findings: [
      {
        test: 'refuses',
        file: 'e2e/gateway/a.test.ts',
        class: 'convention',
        what: 'a refusal has an <error>',
        message: 'Received: undefined',
      },
      {
        test: 'ends',
        file: 'e2e/streaming/c.test.ts',
        class: 'known_failure',
        what: 'litellm 1.2.3: bugs/litellm-clean-end',
        message: 'Received: <stop>',
      },
    ],
    failures: [
      { test: 'streams <fast>', file: 'e2e/gateway/a.test.ts', class: 'product_failure' },
      { test: 'is silent', file: 'e2e/ollama/b.test.ts', class: 'harness_bug' },
    ],
  });
});

test('the summary holds no variables and no credentials', () => {
  expect(JSON.stringify(summarise(facts))).not.toContain('never-in-results');
});

test('JUnit XML is escaped, without colours, with the reason of a skip and what is no failure', () => {
  expect(toJunit(facts)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="gauntlet" tests="6" failures="2" time="2.500">
  <testsuite name="gateway" tests="3" failures="1" skipped="0" time="1.516">
    <testcase classname="e2e/gateway/a.test.ts" name="answers" time="0.012"/>
    <testcase classname="e2e/gateway/a.test.ts" name="streams &lt;fast&gt;" time="1.500"><failure message="expected &quot;1&quot; &amp; got 2">expected &quot;1&quot; &amp; got 2
at line 3</failure></testcase>
    <testcase classname="e2e/gateway/a.test.ts" name="refuses" time="0.004"><system-out>convention not kept: a refusal has an &lt;error&gt;
Received: undefined</system-out></testcase>
  </testsuite>
  <testsuite name="ollama" tests="2" failures="1" skipped="1" time="0.000">
    <testcase classname="e2e/ollama/b.test.ts" name="chats" time="0.000"><skipped message="ollama: no \`ollama\` program on PATH"/></testcase>
    <testcase classname="e2e/ollama/b.test.ts" name="is silent" time="0.000"><failure message="skipped without a reason">skipped without a reason</failure></testcase>
  </testsuite>
  <testsuite name="streaming" tests="1" failures="0" skipped="0" time="0.005">
    <testcase classname="e2e/streaming/c.test.ts" name="ends" time="0.005"><system-out>known of litellm 1.2.3: bugs/litellm-clean-end
Received: &lt;stop&gt;</system-out></testcase>
  </testsuite>
</testsuites>
`);
});

test('CTRF has the required fields', () => {
  expect(toCtrf(facts)).toMatchObject({
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'gauntlet' },
      summary: {
        tests: 6,
        passed: 1,
        failed: 2,
        skipped: 1,
        other: 2,
        start: 1767323045000,
        stop: 1767323047500,
      },
      tests: expect.arrayContaining([
        expect.objectContaining({ name: 'answers', status: 'passed', duration: 12 }),
        expect.objectContaining({ name: 'refuses', status: 'other', rawStatus: 'convention' }),
        expect.objectContaining({
          ...{ name: 'ends', status: 'other', rawStatus: 'known failure' },
          message: 'known of litellm 1.2.3: bugs/litellm-clean-end',
        }),
      ]),
    },
  });
});

test('a failure that knows its class keeps it, and what a provider answered is linked to', () => {
  const evidence = {
    ...{ provider: 'groq', way: 'openai-bearer', isLive: true, model: 'm', at: '2026-01-02T03:04:05.000Z' },
    ...{ address: 'https://api.groq.com/openai/v1/chat/completions', durationMs: 5, ending: 'status 503' },
  };
  const away: TestOutcome = {
    ...{
      suite: 'smoke',
      file: 'e2e/smoke/prereq/p.test.ts',
      name: 'answers',
      status: 'failed',
      durationMs: 1,
    },
    ...{ message: 'groq: status 503', class: 'upstream_unavailable', evidence: [evidence] },
  };
  const path = 'evidence/groq-openai-bearer.json';
  expect(summarise({ ...facts, outcomes: [away] })).toMatchObject({
    failures: [{ test: 'answers', class: 'upstream_unavailable' }],
    evidence: [{ test: 'answers', provider: 'groq', path }],
  });
  expect(toCtrf({ ...facts, outcomes: [away] })).toMatchObject({
    results: { tests: [{ attachments: [{ contentType: 'application/json', path }] }] },
  });
});
