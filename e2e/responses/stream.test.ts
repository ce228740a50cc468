import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import {
  openResponse,
  responseIn,
  streamResponse,
  textIn,
  typesIn,
} from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(() => needs('responses'));

// covers 001/responses-http-shape
test('a text is streamed by the grammar, from created to completed', async () => {
  const seen = await streamResponse({ model, input: 'Count from 1 to 5' });
  expect(seen.status).toBe(200);
  expect(seen.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(seen.findings).toEqual([]);
  expect(typesIn(seen.events)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(seen.endedCleanly).toBe(true);
  expect(textIn(seen.events)).toMatch(/1.*2.*3.*4.*5/s);
});

test('the streaming helper of the official client puts it together to the same response', async () => {
  const runner = caller().responses.stream({ model, input: 'Count from 1 to 5' });
  let text = '';
  runner.on('response.output_text.delta', ({ delta }) => {
    text += delta;
  });
  const response = await runner.finalResponse();
  expect(response).toMatchObject({ status: 'completed', output_text: text });
  expect(text).toMatch(/1.*2.*3.*4.*5/s);
});

test('a streamed response is the one that is stored', async () => {
  const seen = await streamResponse({ model, input: 'Hi' });
  const last = responseIn(seen.events);
  const { status, body } = await ask('GET', `/responses/${last.id}`);
  expect(status).toBe(200);
  expect(body).toEqual(last);
});

test('text reaches the client piece by piece while the model still writes it', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ tokens: 8, hold: 4 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  await open.untilText('w3');
  expect(textIn(open.events)).not.toContain('w4');
  await release(id);
  const seen = await open.whole;
  expect(textIn(seen.events)).toBe('w1 w2 w3 w4 w5 w6 w7 w8');
  expect(seen.findings).toEqual([]);
});

test('response.created comes before the model says anything', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ tokens: 3, hold: 1 });
  const open = openResponse({ model, input: `Hi ${mark}` });
  await open.until('response.created', ({ type }) => type === 'response.created');
  await release(id);
  expect((await open.whole).findings).toEqual([]);
});

test('the usage of the model is told once, at the end', async () => {
  await needsScriptedResponses();
  const { id, mark } = newOperation({ tokens: 5 });
  const { events } = await streamResponse({ model, input: `Hi ${mark}` });
  await waitForJournal(id, 'completed');
  const usages = events.filter(({ response }) => (response as { usage?: object | null } | undefined)?.usage);
  expect(usages.map(({ type }) => type)).toEqual(['response.completed']);
  expect(usages[0]?.response).toMatchObject({ usage: { output_tokens: 5 } });
});

test('an answer that reaches its limit ends in response.incomplete', async () => {
  await needsScriptedResponses();
  const { mark } = newOperation({ tokens: 60 });
  const seen = await streamResponse({ model, input: `Hi ${mark}`, max_output_tokens: 20 });
  expect(seen.findings).toEqual([]);
  expect(seen.events.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { incomplete_details: { reason: 'max_output_tokens' } },
  });
  expect(textIn(seen.events).trim().split(' ')).toHaveLength(20);
});

test('without obfuscation no delta carries any', async () => {
  const body = { model, input: 'Count to 5', stream_options: { include_obfuscation: false } };
  const seen = await streamResponse(body);
  expect(seen.findings).toEqual([]);
  expect(seen.events.filter(({ obfuscation }) => obfuscation !== undefined)).toEqual([]);
});

test('an answer of many bytes per character is streamed whole', async () => {
  await needsScriptedResponses();
  const text = 'née €7 漢字 😀 '.repeat(40).trim();
  const { mark } = newOperation({ say: text });
  const seen = await streamResponse({ model, input: `Hi ${mark}` });
  expect(seen.findings).toEqual([]);
  expect(textIn(seen.events)).toBe(text);
});

test('a long answer comes in order and whole', async () => {
  await needsScriptedResponses();
  const { mark } = newOperation({ tokens: 2_000 });
  const seen = await streamResponse({ model, input: `Hi ${mark}` });
  expect(seen.findings).toEqual([]);
  expect(textIn(seen.events)).toBe(Array.from({ length: 2_000 }, (_, at) => `w${at + 1}`).join(' '));
});
