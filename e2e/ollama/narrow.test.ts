/**
 * @provider any
 * @alone ollama-narrow
 */
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type KnownFailure, unlessKnown } from '../../harness/suite/known-failure.ts';
import { until } from '../../harness/suite/until.ts';
import { allOf, lines, ollamaUrl, post, sentence, whole } from './ollama-tiny.ts';

// The second Ollama serves one request of one model at a time and lets one more wait (compose.yaml).

interface Loaded {
  readonly name: string;
  readonly context_length: number;
  readonly expires_at: string;
}

/** One time of a hundred: what comes next waits for ever, until its model is unloaded. */
const slotKept: KnownFailure = {
  bug: 'ollama-slot-kept',
  service: 'ollama-narrow',
  version: '0.24.0',
  says: /aborted due to timeout/,
  sometimes: true,
};
const nextWithinMs = 20_000;

let url: string;
let hangUp = new AbortController();
const long = 'xyz '.repeat(100).trim();

beforeAll(() => {
  url = ollamaUrl('ollama-narrow');
});

beforeEach(async () => {
  for (const { name } of await loaded()) await post(`${url}/api/generate`, { model: name, keep_alive: 0 });
  await untilNoneLoaded();
});
afterEach(() => hangUp.abort());

const loaded = async () => {
  const { models } = (await (await fetch(`${url}/api/ps`)).json()) as { models: Loaded[] };
  return models;
};
const loadedNames = async () => (await loaded()).map(({ name }) => name);
const untilNoneLoaded = () => until('no model to be loaded', async () => (await loadedNames()).length === 0);
const ask = (body: object, boundMs?: number) =>
  whole(`${url}/api/generate`, { model: 'tiny', prompt: 'Hi', ...body }, boundMs);

/** A stream without an end that holds the only slot from its first word on. `goOn` reads more of it, `leave` hangs up. */
async function heldStream() {
  hangUp = new AbortController();
  const asked = { model: 'tiny-endless', prompt: 'Hi', options: { num_predict: -1 } };
  const answer = lines(`${url}/api/generate`, asked, hangUp.signal);
  const goOn = async (count: number) => {
    for (let read = 0; read < count; read += 1) {
      const { value } = await answer.next();
      expect(value).toMatchObject({ done: false });
    }
  };
  await goOn(1);
  return {
    goOn,
    leave: async () => {
      hangUp.abort();
      await expect(allOf(answer)).rejects.toMatchObject({ name: 'AbortError' });
    },
  };
}

// covers 000/live-ollama
test('a client that leaves frees the slot for the next one, which waited for it', async () => {
  const held = await heldStream();
  let isAnswered = false;
  const next = ask({ model: 'tiny-endless', options: { num_predict: 4 } }, nextWithinMs).finally(() => {
    isAnswered = true;
  });
  await held.goOn(100);
  expect(isAnswered).toBe(false);
  await held.leave();
  await unlessKnown(slotKept, async () => {
    expect((await next).response?.trim()).toBe('The quick brown fox');
  });
});

// covers 000/live-ollama
test('requests for a model that cannot be loaded yet wait as far as there is room, the others are refused with 503', async () => {
  const held = await heldStream();
  const asked = { model: 'tiny', prompt: 'Hi', stream: false };
  const asking = Array.from({ length: 6 }, () => post(`${url}/api/generate`, asked));
  const refusals: Response[] = [];
  for (const answering of asking) {
    answering.then((answer) => answer.status === 503 && refusals.push(answer)).catch(() => undefined);
  }
  // One is held by the scheduler, one waits behind it; the second may come before the first has left the queue.
  await until('four refusals', () => refusals.length >= 4);
  await held.leave();
  const answers = await Promise.all(asking);
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual(expect.arrayContaining([200, 503, 503, 503, 503]));
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  for (const answer of answers) {
    const body = (await answer.json()) as { error?: string; response?: string };
    if (answer.status === 503) expect(body.error).toMatch(/maximum pending requests exceeded/);
    else expect(body.response?.trim()).toBe(sentence);
  }
});

// covers 000/live-ollama
test('what does not fit the context is cut off at its beginning, or refused when it must not be', async () => {
  const [roomy, narrow, refused] = [
    await ask({ prompt: long }),
    await ask({ prompt: long, options: { num_ctx: 64 } }),
    await post(`${url}/api/generate`, {
      model: 'tiny',
      prompt: long,
      truncate: false,
      options: { num_ctx: 64 },
    }),
  ];
  // A hundred times three letters after a space of three bytes (SentencePiece puts one first too), and the beginning.
  expect(roomy.prompt_eval_count).toBe(1 + 100 * 6);
  expect(narrow.prompt_eval_count).toBeLessThanOrEqual(64);
  expect([narrow.response?.trim(), narrow.done_reason]).toEqual([sentence, 'stop']);
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: 'the input length exceeds the context length' },
  ]);
  expect(await loaded()).toMatchObject([{ name: 'tiny:latest', context_length: 64 }]);
  const chat = (...contents: string[]) => {
    const messages = contents.map((content) => ({ role: 'user', content }));
    return whole(`${url}/api/chat`, { model: 'tiny', messages, options: { num_ctx: 64 } });
  };
  // Of a conversation the older messages go first.
  const [both, last] = [await chat(long, 'Hi'), await chat('Hi')];
  expect(both.prompt_eval_count).toBe(last.prompt_eval_count);
});

// covers 000/live-ollama
test('a model stays as long as it was asked to, goes when it is told to, and makes room for another', async () => {
  const asked = Date.now();
  const load = { model: 'tiny', keep_alive: '10m', prompt: '' };
  expect(await whole(`${url}/api/generate`, load)).toMatchObject({ done: true, done_reason: 'load' });
  const [kept] = await loaded();
  const keptMs = Date.parse(kept?.expires_at ?? '') - asked;
  expect(keptMs).toBeGreaterThan(300_000);
  expect(keptMs).toBeLessThan(900_000);
  expect(kept?.name).toBe('tiny:latest');

  expect((await ask({ model: 'tiny-tools' })).done).toBe(true);
  expect(await loadedNames()).toEqual(['tiny-tools:latest']);

  const unload = { model: 'tiny-tools', keep_alive: 0, prompt: '' };
  expect([await whole(`${url}/api/generate`, unload)]).toMatchObject([{ done: true, done_reason: 'unload' }]);
  await untilNoneLoaded();
  expect((await ask({})).response?.trim()).toBe(sentence);
});
