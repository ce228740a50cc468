/**
 * @long
 * @uses redis
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { type JournalEntry, journalOf } from '../../harness/suite/journal.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import { probed } from './hook-calls.ts';
import { ask, firstTwoWorkers } from './litellm-client.ts';

const model = 'scripted-cooling';
/** As stubs/hooks/ha.yaml says. */
const restMs = 4_000;
/** The worker that was refused notes it beside the answer; the other one looks every second. As much again is for a busy machine. */
const notedMs = 500;
const learnedMs = 2_000;

let scope: ScopeClient;
let first: OpenAI;
let second: OpenAI;

beforeAll(() => {
  scope = stackScope(probed);
  [first, second] = firstTwoWorkers(scope, probed);
});
afterAll(() => scope?.close());

/** A request to a model API, and when its client had asked: the worker chose the key between the two. */
interface Attempt extends JournalEntry {
  readonly askedAt: number;
}

async function attempts(client: OpenAI, directives = {}): Promise<readonly Attempt[]> {
  const { id, mark } = newOperation(directives);
  const askedAt = Date.now();
  await ask(client, { text: `Now ${mark}`, model });
  return (await journalOf(id)).map((entry) => ({ ...entry, askedAt }));
}

/** One refusal, and what each worker asked from then on until it has asked the key that rested. */
async function refusal() {
  const [refused, answered, ...more] = await attempts(first, { status: 429, times: 1 });
  expect(more).toEqual([]);
  expect([refused?.status, answered?.status]).toEqual([429, 200]);
  const resting = refused?.keySha256;
  expect(answered?.keySha256).not.toBe(resting);

  const since = refused?.completedAt ?? refused?.arrivedAt ?? 0;
  const ofRested = ({ keySha256, arrivedAt }: JournalEntry) =>
    keySha256 === resting && arrivedAt > since + restMs;
  const askOn = async (client: OpenAI) => {
    const seen: Attempt[] = [];
    while (!seen.some(ofRested)) seen.push(...(await attempts(client)));
    return seen;
  };
  const [byFirst, bySecond] = await Promise.all([askOn(first), askOn(second)]);
  const during = (entries: readonly Attempt[], fromMs: number) =>
    entries
      .filter(({ askedAt, arrivedAt }) => askedAt > since + fromMs && arrivedAt < since + restMs * 0.95)
      .map(({ keySha256 }) => (keySha256 === resting ? 'resting' : 'other'));
  return { first: during(byFirst, notedMs), second: during(bySecond, learnedMs) };
}

test('a key that was refused rests on both workers, and is asked again afterwards', async () => {
  let seen = await refusal();
  // Where nobody came to ask in time there was nothing to see.
  while (seen.first.length === 0 || seen.second.length === 0) seen = await refusal();
  expect([...new Set(seen.first)]).toEqual(['other']);
  expect([...new Set(seen.second)]).toEqual(['other']);
}, 90_000);
