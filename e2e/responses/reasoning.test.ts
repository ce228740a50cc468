import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import {
  responseIn,
  streamResponse,
  textIn,
  typesIn,
} from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

const thinking = (more: Readonly<Record<string, string>> = {}) =>
  newOperation({ think: 'first this, then that', say: 'the answer', ...more }).mark;
const itemsOf = (output: readonly { type: string }[]) => output.map(({ type }) => type);

// covers 002/reasoning-events
// covers 002/reasoning-content
test('what the model thinks aloud is a reasoning item before the message, streamed by the grammar', async () => {
  const seen = await streamResponse({ model, input: `Hi ${thinking()}` });
  expect(seen.findings).toEqual([]);
  const { output } = responseIn(seen.events);
  expect(itemsOf(output)).toEqual(['reasoning', 'message']);
  const deltas = seen.events.filter(({ type }) => type === 'response.reasoning_text.delta');
  const summaries = seen.events.filter(({ type }) => type === 'response.reasoning_summary_text.delta');
  const said = (deltas.length > 0 ? deltas : summaries).map(({ delta }) => String(delta));
  expect(said.length).toBeGreaterThan(1);
  expect(said.join('')).toBe('first this, then that');
  expect(textIn(seen.events)).toBe('the answer');
});

// covers 002/reasoning-content
test('a provider that calls the field `reasoning` is understood as well', async () => {
  const mark = thinking({ think_as: 'reasoning' });
  const seen = await streamResponse({ model, input: `Hi ${mark}` });
  expect(seen.findings).toEqual([]);
  const { output } = responseIn(seen.events);
  expect(itemsOf(output)).toEqual(['reasoning', 'message']);
});

// covers 002/reasoning-content
test('without a thought there is no reasoning item, not even an empty one', async () => {
  const { mark } = newOperation({ say: 'the answer' });
  const seen = await streamResponse({ model, input: `Hi ${mark}`, reasoning: { effort: 'low' } });
  expect(seen.findings).toEqual([]);
  expect(typesIn(seen.events).filter((type) => type.includes('reasoning'))).toEqual([]);
  const { output } = responseIn(seen.events);
  expect(itemsOf(output)).toEqual(['message']);
});

test('the official client reads what was thought, whole and streamed', async () => {
  const input = `Hi ${thinking()}`;
  const whole = await caller().responses.create({ model, input });
  const streamed = await caller().responses.stream({ model, input }).finalResponse();
  expect(itemsOf(whole.output)).toEqual(['reasoning', 'message']);
  expect(itemsOf(streamed.output)).toEqual(['reasoning', 'message']);
  expect(JSON.stringify(whole.output[0])).toContain('first this, then that');
});

// covers 002/reasoning-events
test('a summary that is asked for comes as parts of a summary', async () => {
  const body = { model, input: `Hi ${thinking()}`, reasoning: { summary: 'auto' } };
  const seen = await streamResponse(body);
  expect(seen.findings).toEqual([]);
  const types = typesIn(seen.events).filter((type) => type.startsWith('response.reasoning_summary'));
  if (types.length === 0)
    skip('this gateway summarises no thoughts: it streams them as they are', 'not_offered');
  expect(types).toEqual([
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
  ]);
});

test('thoughts before a tool call are an item of their own as well', async () => {
  const { mark } = newOperation({ think: 'ask the desk', tool: 'look' });
  const tools = [{ type: 'function', name: 'look', parameters: { type: 'object' }, strict: false }];
  const seen = await streamResponse({ model, input: `Hi ${mark}`, tools });
  expect(seen.findings).toEqual([]);
  const { output } = responseIn(seen.events);
  expect(itemsOf(output)).toEqual(['reasoning', 'function_call']);
});

test('the tokens of thoughts are counted apart', async () => {
  const { usage } = await caller().responses.create({ model, input: `Hi ${thinking()}` });
  expect(usage).toMatchObject({ output_tokens: 6, output_tokens_details: { reasoning_tokens: 4 } });
});
