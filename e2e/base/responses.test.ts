/** @provider any */
import { beforeEach, expect } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { streamResponse, textIn } from '../../harness/suite/responses/response-stream.ts';
import { test } from '../../harness/suite/setup/models.ts';

beforeEach(() => needs('responses'));

test.over(['text'])('a response is complete and says something', async ({ text }) => {
  const response = await caller().responses.create({ model: text, input: 'Say hello.' });
  expect(response).toMatchObject({ object: 'response', status: 'completed', error: null });
  expect(response.output.filter(({ type }) => type === 'message')).toHaveLength(1);
  expect(response.output_text.length).toBeGreaterThan(0);
});

test.over(['text'])('a response is streamed by the grammar, to one end', async ({ text }) => {
  const seen = await streamResponse({ model: text, input: 'Say hello.' });
  expect(seen.status).toBe(200);
  expect(seen.findings).toEqual([]);
  expect(seen.endedCleanly).toBe(true);
  expect(seen.events.at(-1)?.type).toBe('response.completed');
  expect(textIn(seen.events).length).toBeGreaterThan(0);
});
