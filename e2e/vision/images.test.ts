/** @provider any */
import { beforeEach, expect } from '@jest/globals';
import { streamed } from '../../harness/suite/chat.ts';
import { chunksOf, doneCount, textOf } from '../../harness/suite/event-stream.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { caller, ownKey } from '../../harness/suite/responses/caller.ts';
import { test } from '../../harness/suite/setup/models.ts';

beforeEach(() => needs('chat'));

/** 16 × 16 red pixels: some models refuse images that are smaller than a patch of theirs. */
const redSquare =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg==';

const messages = [
  {
    role: 'user' as const,
    content: [
      { type: 'text' as const, text: 'What do you see in this image?' },
      { type: 'image_url' as const, image_url: { url: redSquare } },
    ],
  },
];

// covers 002/vision-suite
test.over(['vision'])('a question about an image gets an answer', async ({ vision }) => {
  const completion = await caller().chat.completions.create({ model: vision, messages });
  expect(typeof completion.choices[0]?.message.content).toBe('string');
  expect(completion.choices[0]?.message.content?.length).toBeGreaterThan(0);
});

test.over(['vision'])('the answer to a question about an image can be streamed', async ({ vision }) => {
  const stream = await streamed(
    'gateway',
    { model: vision, messages },
    {
      headers: { authorization: `Bearer ${ownKey()}` },
    },
  );
  expect(doneCount(stream)).toBe(1);
  expect(chunksOf(stream).flatMap(({ choices = [] }) => choices.filter((c) => c.finish_reason))).toHaveLength(
    1,
  );
  expect(textOf(stream).length).toBeGreaterThan(0);
});

test.over(['vision'])(
  'an image may stand between texts, and two of them may come at once',
  async ({ vision }) => {
    const [{ content }] = messages as [(typeof messages)[0]];
    const both = [{ role: 'user' as const, content: [...content, ...content] }];
    const completion = await caller().chat.completions.create({ model: vision, messages: both });
    expect(completion.choices[0]?.message.content?.length).toBeGreaterThan(0);
  },
);
