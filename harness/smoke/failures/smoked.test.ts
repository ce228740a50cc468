import { afterAll, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { ChosenProvider } from '../providers/chosen-provider.ts';
import { closeServers, completion, deserted, says, serve } from '../test-server.ts';
import { smoked } from './smoked.ts';

afterAll(closeServers);

/** A provider at an address. */
const provider = (url: string, isNamed = false): ChosenProvider => ({
  name: 'groq',
  model: 'm',
  isLive: true,
  isDouble: false,
  isNamed,
  accesses: [{ auth: 'bearer', dialect: 'openai', url, key: 'k' }],
});

/** A chat with the official client through a product at an address. Only who hangs is not waited for. */
const chat =
  (url: string, timeout = 20_000) =>
  () =>
    new OpenAI({ baseURL: url, apiKey: 'k', maxRetries: 0, timeout }).chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
    });

/** What a scenario comes to: a skip or a failure, and its class. */
async function cameTo(chosen: ChosenProvider, scenario: () => Promise<unknown>): Promise<readonly unknown[]> {
  const error = await smoked(chosen, scenario).catch((thrown: unknown) => thrown);
  const { name, skipClass, failureClass } = error as Record<string, unknown>;
  return [name, skipClass ?? failureClass];
}

const well = () => serve(says(completion));
const failing = () => serve(says({ error: { message: 'upstream' } }, 502));
const hanging = () => serve(() => undefined);
const busy = () => serve(says({}, 503));

/** How long a provider that is asked alone is waited for. */
function waitForProvider(seconds: number): void {
  process.env.E2E_TIMEOUT_S = String(seconds);
}

beforeEach(() => waitForProvider(20));

test('what goes well is passed on', async () => {
  const answer = await smoked(provider(await well()), chat(await well()));
  expect(answer.choices[0]?.message.content).toBe('SMOKE_PONG');
});

test('a product that fails while its provider is away is excused, unless the provider was named', async () => {
  const product = chat(await failing());
  for (const [away, seconds] of [
    [await deserted(), 20],
    [await busy(), 20],
    [await hanging(), 0.3],
  ] as const) {
    waitForProvider(seconds);
    expect(await cameTo(provider(away), product)).toEqual(['SkipError', 'upstream_unavailable']);
    expect(await cameTo(provider(away, true), product)).toEqual(['SmokeFailure', 'upstream_unavailable']);
  }
});

test('the same failure is the product’s while the provider answers', async () => {
  expect(await cameTo(provider(await well()), chat(await failing()))).toEqual([
    'SmokeFailure',
    'product_failure',
  ]);
});

test('who hangs is told by where it hangs, not by its words', async () => {
  const product = chat(await hanging(), 150);
  expect(await cameTo(provider(await well()), product)).toEqual(['SmokeFailure', 'product_failure']);
  waitForProvider(0.3);
  expect(await cameTo(provider(await hanging()), product)).toEqual(['SkipError', 'upstream_unavailable']);
  waitForProvider(20);
  const talking = chat(await serve(says({ error: { message: 'connect ECONNREFUSED: timed out' } }, 400)));
  expect(await cameTo(provider(await deserted()), talking)).toEqual(['SmokeFailure', 'product_failure']);
});

test('a product that is gone, or answers nonsense, is never excused by its provider', async () => {
  const away = provider(await deserted());
  expect(await cameTo(away, chat(await deserted()))).toEqual(['SmokeFailure', 'product_failure']);
  const nonsense = async () => expect(await (await chat(await well())()).choices).toEqual([]);
  expect(await cameTo(away, nonsense)).toEqual(['SmokeFailure', 'product_failure']);
});

test('a product that does not take its key is not excused either', async () => {
  const refused = chat(await serve(says({ error: { message: 'no' } }, 401)));
  expect(await cameTo(provider(await deserted()), refused)).toEqual(['SmokeFailure', 'product_failure']);
});

test('a provider that refuses its key or sends a page is a failure, however the product passes that on', async () => {
  const product = chat(await failing());
  const refusing = provider(await serve(says({}, 401)));
  expect(await cameTo(refusing, product)).toEqual(['SmokeFailure', 'product_failure']);
  const page = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  );
  expect(await cameTo(provider(page), product)).toEqual(['SmokeFailure', 'product_failure']);
});

test('a mistake of the scenario is a bug of the harness, whatever the provider does', async () => {
  const mistaken = async () => (undefined as unknown as { choices: string[] }).choices;
  expect(await cameTo(provider(await deserted()), mistaken)).toEqual(['SmokeFailure', 'harness_bug']);
});
