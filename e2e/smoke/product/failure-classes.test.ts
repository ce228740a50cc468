import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { gauntlet } from '../../../harness/smoke/command.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { runId, service } from '../../../harness/suite/stack.ts';

beforeEach(() => needsTarget('cli'));

const secret = 'gsk-of-this-test-and-nowhere-else';

/** Runs the prerequisites of three providers live on this stack; none of them is what its key says. */
async function liveRun(more: Readonly<Record<string, string>> = {}) {
  const results = mkdtempSync(join(tmpdir(), 'smoke-'));
  // Chosen by file, so that the other files are not even read.
  const failed = ['groq', 'mistral', 'openai'].map((name) => ({
    file: 'e2e/smoke/prereq/providers.test.ts',
    test: `the cheapest model of ${name} answers who asks with bearer`,
  }));
  writeFileSync(join(results, 'last-run.json'), JSON.stringify({ failed }));
  const args = ['e2e', '--stack', runId(), '--last-failed', '--results', results];
  const { exitCode, output } = await gauntlet(args, {
    E2E_LIVE: '1',
    E2E_TARGETS: 'providers',
    // Nobody has it, and nobody may: it is no port to connect to.
    GROQ_BASE_URL: 'http://127.0.0.1:0/v1',
    GROQ_API_KEY: secret,
    // What LM Studio does not know, it answers with 200.
    MISTRAL_BASE_URL: `${service('doubles').url}/lmstudio/nothing`,
    MISTRAL_API_KEY: secret,
    OPENAI_API_KEY: '',
    ...more,
  });
  const files = readdirSync(results, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  const summary = JSON.parse(readFileSync(join(results, runId(), 'summary.json'), 'utf8'));
  const classes = (kind: 'skips' | 'failures') =>
    Object.fromEntries(
      summary[kind].map(({ test: title, class: ofClass }: { test: string; class: string }) => [
        /model of (\w+)/.exec(title)?.[1],
        ofClass,
      ]),
    );
  return { exitCode, output, classes, whole: [output, ...texts].join('\n') };
}

// covers 003/failure-classes
// covers 003/redaction
test('a provider without a key and one that is away are skipped, one that answers nonsense is not', async () => {
  const { exitCode, output, classes, whole } = await liveRun();
  expect(classes('skips')).toEqual({ groq: 'upstream_unavailable', openai: 'missing_env' });
  expect(classes('failures')).toEqual({ mistral: 'product_failure' });
  expect(exitCode).toBe(1);
  expect(output).toMatch(/groq with bearer: no connection .*\(upstream_unavailable\)/);
  expect(output).toContain('openai: OPENAI_API_KEY is not set (missing_env)');
  expect(whole).not.toContain(secret);
});

// covers 003/failure-classes
test('providers that are named and lacking are failures, with the same classes', async () => {
  const { exitCode, classes } = await liveRun({ E2E_PROVIDERS: 'groq,openai' });
  expect(classes('failures')).toEqual({ groq: 'upstream_unavailable', openai: 'missing_env' });
  expect(classes('skips')).toEqual({ mistral: 'missing_env' });
  expect(exitCode).toBe(1);
});
