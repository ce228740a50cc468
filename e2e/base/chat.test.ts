/** @provider any */
import { beforeEach, expect } from '@jest/globals';
import { streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount } from '../../harness/suite/event-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { ask, caller, ownKey } from '../../harness/suite/responses/caller.ts';
import { test } from '../../harness/suite/setup/models.ts';
import { suiteModels } from '../../harness/suite/setup/setup.ts';
import { skip } from '../../harness/suite/skip.ts';
import { optionalService } from '../../harness/suite/stack.ts';

beforeEach(() => needs('chat'));

/** What is looked at is structure; what a model says is its own affair. */
const hello = [{ role: 'user' as const, content: 'Say hello.' }];

// covers 002/basic-chat
test.over(['text'])('the official client gets a message with a text that is not empty', async ({ text }) => {
  const completion = await caller().chat.completions.create({ model: text, messages: hello });
  const [choice] = completion.choices;
  expect(choice?.message).not.toBeNull();
  expect(typeof choice?.message.content).toBe('string');
  expect(choice?.message.content?.length).toBeGreaterThan(0);
});

test.over(['text'])('a completion has the fields that clients read without asking', async ({ text }) => {
  const { status, body } = await ask('POST', '/chat/completions', { model: text, messages: hello });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: expect.stringMatching(/./),
    object: 'chat.completion',
    created: expect.any(Number),
    model: expect.any(String),
  });
  expect(body.choices).toHaveLength(1);
  expect(body.choices[0]).toMatchObject({
    index: 0,
    finish_reason: expect.stringMatching(/^(stop|length)$/),
    message: { role: 'assistant' },
  });
});

test.over(['text'])(
  'a stream says text, then that it has finished, then that it is done',
  async ({ text }) => {
    const body = { model: text, messages: hello };
    const stream = await streamed('gateway', body, { headers: { authorization: `Bearer ${ownKey()}` } });
    expect(stream.status).toBe(200);
    expect(stream.contentType).toMatch(/^text\/event-stream/);
    expect(stream.endedCleanly).toBe(true);
    expect(doneCount(stream)).toBe(1);
    expect(stream.data.at(-1)).toBe('[DONE]');
    const chunks = chunksOf(stream);
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
    const choices = chunks.flatMap((chunk) => chunk.choices ?? []);
    const ends = choices.filter(({ finish_reason: reason }) => reason != null);
    expect(ends).toHaveLength(1);
    expect(choices.indexOf(ends[0] as (typeof choices)[0])).toBe(choices.length - 1);
    expect(choices.map(({ delta }) => delta?.content ?? '').join('').length).toBeGreaterThan(0);
  },
);

test.over(['text'])('every chunk of a stream has the same id', async ({ text }) => {
  if (optionalService('litellm') && suiteModels()?.setup === 'ollama')
    skip("LiteLLM makes an id for each chunk of Ollama's own API (BerriAI/litellm issue 38098)");
  const body = { model: text, messages: hello };
  const stream = await streamed('gateway', body, { headers: { authorization: `Bearer ${ownKey()}` } });
  const ids = chunksOf(stream).map(({ id }) => id);
  expect([ids.length > 1, ids[0]]).toEqual([true, expect.stringMatching(/./)]);
  expect(ids.filter((id) => id !== ids[0])).toEqual([]);
});

test.over(['text'])(
  'the streaming helper of the official client puts the text together',
  async ({ text }) => {
    const runner = caller().chat.completions.stream({ model: text, messages: hello });
    let seen = '';
    runner.on('content', (delta) => {
      seen += delta;
    });
    const { choices } = await runner.finalChatCompletion();
    expect(choices[0]?.message.content).toBe(seen);
    expect(seen.length).toBeGreaterThan(0);
  },
);
