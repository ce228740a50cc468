import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { streamResponse, typesIn } from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

// covers 002/refusal-events
test('a refusal is streamed as a refusal, without an event of text', async () => {
  const { mark } = newOperation({ refuse: 'I cannot do that.' });
  const seen = await streamResponse({ model, input: `Hi ${mark}` });
  expect(seen.findings).toEqual([]);
  expect(typesIn(seen.events)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.refusal.delta',
    'response.refusal.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  const deltas = seen.events.filter(({ type }) => type === 'response.refusal.delta');
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.map(({ delta }) => delta).join('')).toBe('I cannot do that.');
});

// covers 002/refusal-events
test('the official client reads a streamed refusal', async () => {
  const { mark } = newOperation({ refuse: 'I cannot do that.' });
  const response = await caller()
    .responses.stream({ model, input: `Hi ${mark}` })
    .finalResponse();
  expect(response.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'I cannot do that.' }] }]);
});

// covers 002/annotation-events
test('citations of the model are annotations, each told under its index and kept in the message', async () => {
  const { mark } = newOperation({ say: 'as told', cite: 'https://example.org/a,https://example.org/b' });
  const seen = await streamResponse({ model, input: `Hi ${mark}` });
  expect(seen.findings).toEqual([]);
  const told = seen.events.filter(({ type }) => type === 'response.output_text.annotation.added');
  expect(told.map(({ annotation_index }) => annotation_index)).toEqual([0, 1]);
  expect(told.map(({ annotation }) => annotation)).toMatchObject([
    { type: 'url_citation', url: 'https://example.org/a', start_index: 0, end_index: 7 },
    { type: 'url_citation', url: 'https://example.org/b' },
  ]);
});

// covers 002/annotation-events
test('the official client reads citations of a whole answer', async () => {
  const { mark } = newOperation({ say: 'as told', cite: 'https://example.org/a' });
  const response = await caller().responses.create({ model, input: `Hi ${mark}` });
  expect(response.output).toMatchObject([
    {
      content: [
        { type: 'output_text', annotations: [{ type: 'url_citation', url: 'https://example.org/a' }] },
      ],
    },
  ]);
});
