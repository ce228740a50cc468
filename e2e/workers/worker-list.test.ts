/**
 * @uses open-webui
 * @uses memory
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stackScope } from '../../harness/suite/scope.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let scope: ScopeClient;

beforeAll(() => {
  scope = stackScope();
});
afterAll(() => scope?.close());

/** The scope sees as many workers of a service as the stack has started, each a running process of its own. */
async function expectAllWorkers(name: string): Promise<void> {
  const { workers, remote } = service(name);
  if (remote) skip(`${name} runs elsewhere: the scope cannot see its workers`);
  const seen = await scope.workers(name);
  expect(seen.map(({ index }) => index)).toEqual(Array.from({ length: workers }, (_, each) => each + 1));
  expect(new Set(seen.map(({ pid }) => pid)).size).toBe(workers);
  expect(seen.every(({ state }) => state === 'running')).toBe(true);
}

test('the gateway has all its workers', () => expectAllWorkers('gateway'));
test('the CLI baseline has all its workers', () => expectAllWorkers('baseline-cli'));
test('the LangChain baseline has all its workers', () => expectAllWorkers('baseline-langchain'));
test('the memory service has all its workers', () => expectAllWorkers('memory'));
test('LiteLLM has all its workers', () => expectAllWorkers('litellm'));
test('Open WebUI has all its workers', () => expectAllWorkers('open-webui'));
